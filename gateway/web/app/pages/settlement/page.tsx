/**
 * The page "settlement": slots and batches, or one batch with the proofs of its readings.
 * @module
 */
import { useApp } from "../../app.ts";
import { ErrorNote } from "../../components/states.tsx";
import { route } from "../../router.ts";
import { texts } from "../../texts.ts";
import { BatchPage } from "./batch.tsx";
import { Batches } from "./batches.tsx";
import { Slots } from "./slots.tsx";

export default function SettlementPage() {
  const { model } = useApp();
  const [kind, number] = route.value.parts;
  if (kind === "batches" && number !== undefined && /^[1-9]\d{0,14}$/.test(number)) return <BatchPage key={number} number={Number(number)} />;
  const nowMs = model.nowUtcMs.value;
  return (
    <>
      {kind === "batches" && <ErrorNote message={texts.settlement.unknownBatch(number ?? "")} />}
      <Slots nowMs={nowMs} />
      <Batches nowMs={nowMs} />
    </>
  );
}
