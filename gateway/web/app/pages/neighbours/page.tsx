/**
 * The page "neighbours": who sold to whom, this home's orders, and what every home put on the chain.
 * @module
 */
import { useApp } from "../../app.ts";
import { texts } from "../../texts.ts";
import { Homes } from "./homes.tsx";
import { Orders } from "./orders.tsx";
import { Trading } from "./trading.tsx";

export default function NeighboursPage() {
  const { model } = useApp();
  const node = model.node.value;
  if (node === null) return model.connection.value === "lost" ? null : <p class="empty loading">{texts.common.loading}</p>;
  // Of the others the chain knows only numbers.
  const nameOf = (number: number) => (number === node.id ? node.name : texts.common.home(number));
  return (
    <>
      <Trading node={node} nameOf={nameOf} />
      <Orders node={node} nameOf={nameOf} />
      <Homes model={model} nameOf={nameOf} />
    </>
  );
}
