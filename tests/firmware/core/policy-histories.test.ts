/**
 * The policy's invariants over many random histories: values, faults, commands, other settings, clock jumps and restarts. POLICY_HISTORIES
 * says how many; SEED where to begin. A failure names the seed of its history.
 */
import assert from "node:assert/strict";
import { Policy, type PolicyOptions } from "#firmware/core/policy.ts";
import { Uptime } from "#firmware/core/uptime.ts";
import { refuseWiring, sourcesOf, type Role, type Wiring } from "#firmware/core/wiring.ts";
import { SOURCE, type Source } from "#firmware/wire/records.ts";
import type { PolicySettings } from "#firmware/wire/commands.ts";
import { POLICY } from "./example-settings.ts";

const HISTORIES = Number(process.env["POLICY_HISTORIES"] ?? 100_000);
const SEED = Number(process.env["SEED"] ?? 20261122);
const STEPS = 30;
const PERIOD_MS = 100;
const RELAYS = 4;

/** Every wiring of up to four relays that the settings would take, of a sample. */
const WIRINGS: Record<Role, Wiring[]> = {
  consumer: [
    { closed: [0, 1, 2], interlocks: [3] },
    { closed: [0, 2, 1], interlocks: [3] },
    { closed: [0, 5, 10], interlocks: [3, 6, 9, 12] },
    { closed: [0, 9, 10], interlocks: [3] },
    { closed: [0, 1, 12], interlocks: [5, 9] },
    { closed: [0, 1, 4], interlocks: [7] },
  ],
  producer: [
    { closed: [0, 0, 0, 1, 3], interlocks: [] },
    { closed: [0, 0, 0, 1, 2], interlocks: [3] },
    { closed: [0, 0, 0, 5, 10], interlocks: [15] },
    { closed: [0, 0, 0, 1, 13], interlocks: [6] },
  ],
};
for (const role of ["consumer", "producer"] as const) {
  WIRINGS[role] = WIRINGS[role].filter((wiring) => refuseWiring(wiring, role, RELAYS) === "");
  assert.ok(WIRINGS[role].length > 2);
}

/** A fast generator of our own (xorshift32): fast-check's would take longer than the histories. */
function createDraw(seed: number): (below: number) => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const CURRENTS = [0, 900, 5000, 9999, 10000, 10001, 60000, NaN, Infinity];
const BUSES = [0, 8200, 9000, 12000, NaN];
const CHARGES = [0, 90, 100, 101, 299, 300, 301, 599, 600, 699, 700, 1000];
const WRONG_CHARGES = [null, NaN, -1, 1001, Infinity];
const DURATIONS = [0, 200, 3000, 60000];
/** Of the wall clock, in ms: small ones cannot be told from a delay. */
const JUMPS = [-31536000000, -20000, -500, 300, 4000, 14000, 20000, 31536000000];

function settingsOf(draw: (below: number) => number): PolicySettings {
  return { ...POLICY, minOnMs: 100 * draw(8), minOffMs: 100 * draw(8), deadTimeMs: 50 + 100 * draw(4), lockoutMs: 1000, staleMs: 200 };
}

type Create = (options: PolicyOptions) => Policy;

/** Throws at the first broken invariant. `createPolicy` is the real one but where the check itself is checked. */
function runHistory(seed: number, createPolicy: Create = (options) => new Policy(options)): void {
  const draw = createDraw(seed);
  const role: Role = draw(2) === 0 ? "consumer" : "producer";
  const wiring = WIRINGS[role][draw(WIRINGS[role].length)] ?? assert.fail();
  const [own, other] = sourcesOf(role);
  const sources: Source[] = [SOURCE.off, own ?? SOURCE.off, other ?? SOURCE.off];
  let trueMs = 0;
  let wallMs = draw(1000) * 1000;
  /** True time at which each relay was last closed. */
  const openedMs = Array.from({ length: RELAYS }, () => 0);
  let settings = settingsOf(draw);
  let uptime = new Uptime(wallMs);
  const create = (): Policy => createPolicy({ role, settings, wiring, relays: RELAYS, controlMs: PERIOD_MS });
  let policy = create();
  let sinceMs = 0;
  let chargePermille: number | null = CHARGES[draw(CHARGES.length)] ?? 0;
  let currentMa = 900;
  let busMv = 0;
  let relays = 0;

  for (let step = 0; step < STEPS; step++) {
    const happening = draw(24);
    if (happening === 0) settings = policy.settings = settingsOf(draw);
    else if (happening === 1) policy.override(sources[draw(3)] ?? SOURCE.off, DURATIONS[draw(DURATIONS.length)] ?? 0, uptime.ms);
    else if (happening === 2) wallMs += JUMPS[draw(JUMPS.length)] ?? 0;
    else if (happening === 3 && draw(4) === 0) {
      // A restart: the pins let go, and the firmware begins anew.
      relays = 0;
      trueMs += 400;
      wallMs += 400;
      uptime = new Uptime(wallMs);
      policy = create();
      sinceMs = 0;
    } else if (happening < 8) chargePermille = CHARGES[draw(CHARGES.length)] ?? 0;
    else if (happening < 11) busMv = BUSES[draw(BUSES.length)] ?? 0;
    else if (happening === 11) currentMa = CURRENTS[draw(CURRENTS.length)] ?? 0;
    else if (happening === 12) currentMa = 900;
    else if (happening === 13) chargePermille = WRONG_CHARGES[draw(WRONG_CHARGES.length)] ?? null;
    const staleChannel = happening === 14 || happening === 15 ? draw(5) : -1;

    const turns = 1 + draw(6);
    for (let turn = 0; turn < turns; turn++) {
      // A turn may be late, never early.
      const lateMs = draw(10) === 0 ? draw(300) : 0;
      trueMs += PERIOD_MS + lateMs;
      wallMs += PERIOD_MS + lateMs;
      uptime.advance(wallMs, PERIOD_MS);
      const nowMs = uptime.ms;
      const before = policy.source;
      const live = policy["busLive"];
      const event = policy.step({ nowMs, chargePermille, currentMa, busMv, staleChannel });
      const at = policy.relays;

      // Safe in this very turn: over-current, a stale sensor, a charge or current that is none.
      const charged = chargePermille !== null && chargePermille >= 0 && chargePermille <= 1000;
      const danger = !(currentMa <= settings.tripMa) || staleChannel >= 0 || !charged;
      if (danger && at !== 0) throw new Error("closed in danger");
      // Never two relays that exclude each other, and nothing but what the source closes.
      for (const group of wiring.interlocks) {
        const both = at & group;
        if (both & (both - 1)) throw new Error("two of an interlock are closed");
      }
      if (at & ~(wiring.closed[policy.source] ?? 0)) throw new Error("a relay is closed that its source does not close");
      // Dead time, in true time, whatever the clock says.
      for (let i = 0; i < RELAYS; i++) {
        const bit = 1 << i;
        if (at & ~relays & bit) {
          for (const group of wiring.interlocks) {
            if (!(group & bit)) continue;
            for (let j = 0; j < RELAYS; j++) {
              if (j === i || !(group & (1 << j))) continue;
              if (trueMs - (openedMs[j] ?? 0) < settings.deadTimeMs) throw new Error("closed within the dead time");
            }
          }
        }
      }
      for (let i = 0; i < RELAYS; i++) if ((relays | at) & (1 << i)) openedMs[i] = trueMs;
      relays = at;
      // Shortest times, by the board's own uptime; only danger and a dead bus are above them.
      if (policy.source !== before) {
        if (event === null || event.source !== policy.source) throw new Error("a change without its event");
        const deadBus = before === SOURCE.bus && !(live && busMv >= settings.busLiveMv);
        const least = before === SOURCE.off ? settings.minOffMs : settings.minOnMs;
        if (!danger && !deadBus && nowMs - sinceMs < least) throw new Error("changed within the shortest time");
        sinceMs = nowMs;
      }
    }
  }
}

describe("policy histories", function () {

  it(`hold every invariant over ${HISTORIES} random histories of values, faults, commands, clock jumps and restarts`, () => {
    for (let seed = SEED; seed < SEED + HISTORIES; seed++) {
      try {
        runHistory(seed);
      } catch (error) {
        throw new Error(`history of SEED=${seed}`, { cause: error });
      }
    }
  });

  for (const [what, spoilt, complaint] of [
    ["interlocks", (options) => new Policy({ ...options, wiring: { ...options.wiring, interlocks: [] } }), /two of an interlock|dead time/],
    ["dead time", (options) => new Policy({ ...options, settings: { ...options.settings, deadTimeMs: 0 } }), /within the dead time/],
    ["turns in the dead time", (options) => new Policy({ ...options, controlMs: 60000 }), /within the dead time/],
    ["shortest times", (options) => new Policy({ ...options, settings: { ...options.settings, minOnMs: 0, minOffMs: 0 } }), /within the shortest time/],
    ["trip", (options) => new Policy({ ...options, settings: { ...options.settings, tripMa: 1e9 } }), /closed in danger/],
  ] as [string, Create, RegExp][]) {
    it(`would tell of a policy without its ${what}`, () => {
      const complaints: string[] = [];
      for (let seed = SEED; seed < SEED + 2000; seed++) {
        try {
          runHistory(seed, spoilt);
        } catch (error) {
          complaints.push(String(error));
        }
      }
      assert.ok(complaints.some((each) => complaint.test(each)), complaints[0]);
    });
  }
});
