/**
 * The page "neighbours".
 * @module
 */
import { useApp } from "../../app.ts";
import { Neighbours } from "./homes.tsx";

export default function NeighboursPage() {
  const { model } = useApp();
  return <Neighbours model={model} />;
}
