/**
 * The two limits drawn: over the charge, what the board does on the way down and on the way up.
 * @module
 */
import type { PolicySettings } from "#firmware/wire/commands.ts";
import { percent } from "../../format.ts";
import { texts } from "../../texts.ts";
import type { Role } from "./policy-form.ts";

const LEFT = 16;
const WIDTH = 328;
const HIGH_Y = 44;
const LOW_Y = 108;

const xOf = (permille: number): number => LEFT + (WIDTH * Math.min(1000, Math.max(0, permille))) / 1000;

/** Down at `lower`, up at `upper`: the loop that gives the limits their name. */
function loop(lower: number, upper: number): { down: string; up: string } {
  return {
    down: `M${LEFT + WIDTH} ${HIGH_Y}H${xOf(lower)}V${LOW_Y}`,
    up: `M${LEFT} ${LOW_Y}H${xOf(upper)}V${HIGH_Y}`,
  };
}

function Tick({ permille, y }: { permille: number; y: number }) {
  const x = xOf(permille);
  return (
    <>
      <path class="hysteresis-tick" d={`M${x} ${HIGH_Y}V${LOW_Y + 14}`} />
      <text x={x} y={y} text-anchor={x < 40 ? "start" : x > 320 ? "end" : "middle"}>
        {percent(permille)}
      </text>
    </>
  );
}

/** @param charge of the battery now, in per mille. */
export function Hysteresis({ policy, role, charge }: { policy: PolicySettings; role: Role; charge: number | null }) {
  const { lowPermille, highPermille, reservePermille, giveAbovePermille } = policy;
  const [lower, upper] = role === "consumer" ? [lowPermille, highPermille] : [reservePermille, giveAbovePermille];
  const words = texts.boards.policy;
  const sentence =
    role === "consumer"
      ? words.drawn.consumer(percent(lowPermille), percent(highPermille), percent(reservePermille))
      : words.drawn.producer(percent(reservePermille), percent(giveAbovePermille));
  const { down, up } = loop(lower, upper);
  return (
    <figure class="hysteresis">
      <svg viewBox="0 0 360 150" role="img" aria-label={sentence}>
        <text class="hysteresis-level" x={LEFT + WIDTH} y={HIGH_Y - 10} text-anchor="end">
          {words.levels[role][0]}
        </text>
        <text class="hysteresis-level" x={upper > 600 ? xOf(lower) - 10 : xOf(upper) + 10} y={LOW_Y - 8} text-anchor={upper > 600 ? "end" : "start"}>
          {words.levels[role][1]}
        </text>
        {role === "consumer" && <rect class="hysteresis-reserve" x={LEFT} y={HIGH_Y} width={xOf(reservePermille) - LEFT} height={LOW_Y - HIGH_Y + 14} />}
        <Tick permille={lower} y={LOW_Y + 30} />
        <Tick permille={upper} y={LOW_Y + 30} />
        <path class="hysteresis-up" d={up} />
        <path class="hysteresis-down" d={down} />
        <path class="hysteresis-down" d={`M${xOf(lower) - 5} ${LOW_Y - 26}l5 7l5 -7`} />
        <path class="hysteresis-up" d={`M${xOf(upper) - 5} ${HIGH_Y + 26}l5 -7l5 7`} />
        {charge !== null && (
          <>
            <path class="hysteresis-now" d={`M${xOf(charge)} 18V${LOW_Y + 14}`} />
            <text class="hysteresis-level" x={xOf(charge)} y="12" text-anchor={charge < 150 ? "start" : charge > 850 ? "end" : "middle"}>
              {words.chargeNow(percent(charge))}
            </text>
          </>
        )}
      </svg>
      <figcaption>{sentence}</figcaption>
    </figure>
  );
}
