/**
 * The firmware's own policy on recorded needs and sun: when it would have switched, and where the energy would have come from.
 *
 * The charge is computed along with the decisions, since a different policy would have left a different charge: a battery that stores
 * `chargeEfficiency` of what flows in, at its nominal voltage. Voltage under load and cable losses are left out.
 * @module
 */
import { Policy } from "#firmware/core/policy.ts";
import { defaultWiring } from "#firmware/core/wiring.ts";
import type { PolicySettings } from "#firmware/wire/commands.ts";
import { SOURCE } from "#firmware/wire/records.ts";
import type { Cause, Source } from "#firmware/wire/records.ts";
import type { Sample } from "./recording.ts";

export interface ReplayOptions {
  role: "consumer" | "producer";
  policy: PolicySettings;
  capacityMwh: number;
  nominalMv: number;
  startPermille: number;
  /** Part of what flows into the battery that comes out again, 0 to 1. */
  chargeEfficiency: number;
  /** What a producer gives to the bus at most, mW. */
  giveMw: number;
  /** A longer hole between two samples is a gap: nothing is counted in it. */
  gapMs: number;
  /** How often the policy decides; the firmware's 100 ms would only take longer, as data change once a sample. */
  stepMs: number;
}

export interface Switch {
  utcMs: number;
  source: Source;
  cause: Cause;
  value: number;
  limit: number;
}

export interface Replay {
  switches: Switch[];
  /** By the end of each sample. */
  chargePermille: number[];
  source: Source[];
  /** Whole mWh. */
  loadMwh: number;
  fromOwnMwh: number;
  fromBusMwh: number;
  unservedMwh: number;
  givenMwh: number;
  /** Sun that found the battery full. */
  unusedMwh: number;
  /** Milliseconds with each source, and in gaps. */
  withSourceMs: Record<Source, number>;
  gapMs: number;
}

const MS_PER_HOUR = 3_600_000;
/** Before anything is counted the board boots into its first source: its shortest time off, and for the bus to be seen live. */
const SETTLE_MS = 1000;

interface Tally {
  load: number;
  own: number;
  bus: number;
  unserved: number;
  given: number;
  unused: number;
}

/** Runs the policy over a recording. @throws when a limit contradicts another, as the board would. */
export function replay(samples: readonly Sample[], options: ReplayOptions): Replay {
  const { capacityMwh, chargeEfficiency, nominalMv, policy: settings, role, stepMs } = options;
  const policy = new Policy({ role, settings, wiring: defaultWiring(role), relays: 2, controlMs: stepMs });
  const first = samples[0];
  if (first === undefined) throw new Error("the recording is empty");
  const settleMs = settings.minOffMs + SETTLE_MS;
  const originMs = first.utcMs - settleMs;
  const capacity = capacityMwh * MS_PER_HOUR;
  let stored = (capacity * options.startPermille) / 1000;
  const tally: Tally = { load: 0, own: 0, bus: 0, unserved: 0, given: 0, unused: 0 };
  const switches: Switch[] = [];
  const charges: number[] = [];
  const sources: Source[] = [];
  const withSourceMs: Record<Source, number> = { [SOURCE.off]: 0, [SOURCE.own]: 0, [SOURCE.bus]: 0, [SOURCE.keep]: 0, [SOURCE.give]: 0 };
  let gaps = 0;
  const permille = (): number => Math.round((stored * 1000) / capacity);

  function decide(utcMs: number, sample: Sample): void {
    // Uptime: the policy knows no other time.
    const nowMs = utcMs - originMs;
    const busMv = sample.busMv ?? nominalMv;
    const milliamps = Math.round((Math.max(sample.loadMw, sample.generationMw) * 1000) / nominalMv);
    const event = policy.step({ nowMs, chargePermille: permille(), currentMa: milliamps, busMv, staleChannel: -1 });
    if (event !== null) switches.push({ utcMs, source: event.source, cause: event.cause, value: event.value, limit: event.limit });
  }

  /** mW for `ms`, in mW·ms. */
  function flow(sample: Sample, ms: number): void {
    const load = sample.loadMw * ms;
    const sun = sample.generationMw * ms;
    tally.load += load;
    let intoBattery = sun;
    let outOfBattery = 0;
    const { source } = policy;
    if (source === SOURCE.bus) tally.bus += load;
    else if (source === SOURCE.off) tally.unserved += load;
    else outOfBattery = load;
    if (source === SOURCE.give) outOfBattery += options.giveMw * ms;
    // Sun meets the need at the battery's terminals first, without the loss of storing it.
    const direct = Math.min(intoBattery, outOfBattery);
    intoBattery -= direct;
    const available = stored;
    const taken = Math.min(outOfBattery - direct, available);
    const served = direct + taken;
    stored -= taken;
    if (source === SOURCE.own || source === SOURCE.keep || source === SOURCE.give) {
      const toLoad = Math.min(load, served);
      tally.own += toLoad;
      tally.unserved += load - toLoad;
      tally.given += served - toLoad;
    }
    const storable = Math.min(intoBattery * chargeEfficiency, capacity - stored);
    stored += storable;
    tally.unused += intoBattery - storable / chargeEfficiency;
  }

  for (let utcMs = originMs; utcMs < first.utcMs; utcMs += SETTLE_MS / 4) decide(utcMs, first);
  for (const [index, sample] of samples.entries()) {
    const next = samples[index + 1];
    if (next === undefined) break;
    const lengthMs = next.utcMs - sample.utcMs;
    if (lengthMs > options.gapMs) gaps += lengthMs;
    else {
      for (let atMs = 0; atMs < lengthMs; atMs += stepMs) {
        decide(sample.utcMs + atMs, sample);
        const ms = Math.min(stepMs, lengthMs - atMs);
        withSourceMs[policy.source] += ms;
        flow(sample, ms);
      }
    }
    charges.push(permille());
    sources.push(policy.source);
  }
  const mwh = (sum: number): number => Math.round(sum / MS_PER_HOUR);
  return {
    switches: switches.filter(({ utcMs }) => utcMs >= first.utcMs),
    chargePermille: charges,
    source: sources,
    loadMwh: mwh(tally.load),
    fromOwnMwh: mwh(tally.own),
    fromBusMwh: mwh(tally.bus),
    unservedMwh: mwh(tally.unserved),
    givenMwh: mwh(tally.given),
    unusedMwh: mwh(tally.unused),
    withSourceMs,
    gapMs: gaps,
  };
}
