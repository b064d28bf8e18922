/**
 * The page "settlement".
 * @module
 */
import { useApp } from "../../app.ts";
import { Batches } from "./batches.tsx";

export default function SettlementPage() {
  const { model } = useApp();
  return <Batches model={model} />;
}
