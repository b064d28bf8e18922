/**
 * What a board's circuits measure, edited.
 * @module
 */
import type { BoardChange } from "#gateway/api/schemas/boards.ts";
import { Button } from "../../components/button.tsx";
import { Field, Select } from "../../components/field.tsx";
import { texts } from "../../texts.ts";

export type Circuit = BoardChange["meters"][number];

const KINDS = ["battery", "bus", "load", "generation"] as const satisfies Circuit["kind"][];
/** Both circuits of the kit's board carry at most 18 A (the sensors' range) at at most 14.4 V. */
const RATED_POWER_W = 260;
/** Of the wire format (`MAX_METER`). */
const MOST_CIRCUITS = 8;

export const FIRST_CIRCUITS: Circuit[] = [
  { meter: 0, kind: "battery", name: texts.common.meterKinds.battery, ratedPowerW: RATED_POWER_W },
  { meter: 1, kind: "bus", name: texts.common.meterKinds.bus, ratedPowerW: RATED_POWER_W },
];

function nextIndex(circuits: readonly Circuit[]): number {
  let index = 0;
  while (circuits.some(({ meter }) => meter === index)) index++;
  return index;
}

export interface CircuitsProps {
  circuits: readonly Circuit[];
  onChange: (circuits: Circuit[]) => void;
  /** Kinds are what the community knows the meters by: they stay once a board is admitted. */
  canAdd: boolean;
}

export function Circuits({ circuits, onChange, canAdd }: CircuitsProps) {
  const words = texts.boards;
  const change = (meter: number, part: Partial<Circuit>) => onChange(circuits.map((one) => (one.meter === meter ? { ...one, ...part } : one)));
  return (
    <div class="form">
      {circuits.map(({ meter, name, kind, ratedPowerW }) => (
        <fieldset class="circuit" key={meter}>
          <legend>{words.circuit(meter)}</legend>
          <div class="fields">
            <Field label={words.circuitName(meter)} value={name} onInput={(value) => change(meter, { name: value })} input={{ required: true, maxlength: 64 }} />
            {canAdd && (
              <Select
                label={words.circuitKind(meter)}
                value={kind}
                options={KINDS.map((value) => ({ value, text: texts.common.meterKinds[value] }))}
                onChange={(value) => change(meter, { kind: value })}
              />
            )}
            <Field
              label={words.circuitPower(meter)}
              unit="W"
              type="number"
              value={String(ratedPowerW)}
              onInput={(value) => change(meter, { ratedPowerW: Number(value) })}
              input={{ min: 1, max: 1_000_000, step: 1, required: true }}
            />
          </div>
          {canAdd && circuits.length > 1 && (
            <Button kind="quiet" onClick={() => onChange(circuits.filter((one) => one.meter !== meter))}>
              {words.removeCircuit(meter)}
            </Button>
          )}
        </fieldset>
      ))}
      {canAdd && circuits.length < MOST_CIRCUITS && (
        <Button kind="quiet" onClick={() => onChange([...circuits, { meter: nextIndex(circuits), kind: "load", name: "", ratedPowerW: RATED_POWER_W }])}>
          {words.addCircuit}
        </Button>
      )}
    </div>
  );
}
