/**
 * The page "settlement": slots and batches, or one of them: a slot with what it came to, a batch with the proofs of its readings.
 * @module
 */
import { useApp } from "../../app.ts";
import { ErrorNote } from "../../components/states.tsx";
import { route } from "../../router.ts";
import { texts } from "../../texts.ts";
import { BatchPage } from "./batch.tsx";
import { Batches } from "./batches.tsx";
import { SlotPage } from "./slot.tsx";
import { Slots } from "./slots.tsx";

export default function SettlementPage() {
  const { model } = useApp();
  const [kind, number] = route.value.parts;
  const isNumber = number !== undefined && /^[1-9]\d{0,14}$/.test(number);
  if (kind === "batches" && isNumber) return <BatchPage key={number} number={Number(number)} />;
  if (kind === "slots" && isNumber) return <SlotPage key={number} number={Number(number)} />;
  const nowMs = model.nowUtcMs.value;
  return (
    <>
      {(kind === "batches" || kind === "slots") && <ErrorNote message={texts.settlement.unknownNumber(number ?? "")} />}
      <Slots nowMs={nowMs} />
      <Batches nowMs={nowMs} />
    </>
  );
}
