import assert from "node:assert/strict";
import fc from "fast-check";
import { boardDefinition, hallBoard } from "#firmware/core/board.ts";
import { checkCalibration, checkPolicy, checkSettings, DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { EXAMPLE } from "./example-settings.ts";

const [HALL = assert.fail()] = hallBoard().channels;

/** The example with the field at a path such as "policy.staleMs" replaced; undefined removes it. */
function altered(path: string, value: unknown): unknown {
  const copy: Record<string, unknown> = JSON.parse(JSON.stringify(EXAMPLE));
  const names = path.split(".");
  const last = names.pop() ?? "";
  // Paths of the example lead through objects.
  const parent = names.reduce((object, name) => (object[name] ??= {}) as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function paths(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => [
    prefix + name,
    ...(typeof field === "object" && field !== null ? paths(field, `${prefix}${name}.`) : []),
  ]);
}

function refusal(value: unknown): string {
  try {
    checkSettings(value);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "accepted";
}

describe("settings", () => {
  it("are taken as given, with the flash, wiring and calibration that may be left out", () => {
    const wiring = { closed: [0, 1, 2], interlocks: [3] };
    assert.deepEqual(checkSettings(EXAMPLE), { ...EXAMPLE, firstBoot: 1, board: hallBoard(), wiring, flash: DEFAULT_FLASH, calibration: {} });
    const flash = { address: 4096, bytes: 65536, storageAddress: 131072, storageBytes: 65536, recordBytes: 0 };
    const calibration = { I1: { offset: -12.5, gain: 1.01 }, VBAT: { offset: 30, gain: 1 } };
    const swapped = { own: 2, bus: 1, interlocks: [3] };
    assert.deepEqual(checkSettings({ ...EXAMPLE, flash, calibration, wiring: swapped }), {
      ...EXAMPLE,
      firstBoot: 1,
      board: hallBoard(),
      wiring: { closed: [0, 2, 1], interlocks: [3] },
      flash,
      calibration,
    });
    const producer = { ...EXAMPLE, role: "producer", wiring: { keep: 1, give: 3, interlocks: [] } };
    assert.deepEqual(checkSettings(producer).wiring, { closed: [0, 0, 0, 1, 3], interlocks: [] });
  });

  for (const [what, wiring, expectation] of [
    ["two supplies could meet", { own: 1, bus: 2, interlocks: [] }, /an interlock between every relay/],
    ["a source closes what excludes each other", { own: 3, bus: 2, interlocks: [3] }, /no two relays of an interlock/],
    ["a source closes nothing", { own: 0, bus: 2, interlocks: [3] }, /wiring\.own must be .*from 1 to 15/],
    ["a relay does not exist", { own: 1, bus: 8, interlocks: [9] }, /one to \d relays for each source/],
    ["both sources are the same", { own: 1, bus: 1, interlocks: [] }, /a relay of its own/],
    ["an interlock is none", { own: 1, bus: 2, interlocks: ["K1"] }, /wiring\.interlocks must be a list/],
    ["a source is not the role's", { own: 1, bus: 2, give: 2, interlocks: [3] }, /wiring\.give must be left out/],
  ] as const) {
    it(`are refused with a wiring where ${what}`, () => assert.match(refusal(altered("wiring", wiring)), expectation));
  }

  it("say which board it is, and are held to its channels and to what its sensors see", () => {
    const shunt = { ...EXAMPLE, board: "shunt", policy: { ...EXAMPLE.policy, tripMa: 8000 } };
    assert.deepEqual(checkSettings(shunt).board, boardDefinition("shunt"));
    assert.match(refusal({ ...EXAMPLE, board: "other" }), /settings: board must be hall, shunt or clamp/);
    assert.match(refusal({ ...shunt, policy: EXAMPLE.policy }), /policy\.tripMa must be a number from 100 to 8000/);
    assert.match(refusal({ ...shunt, calibration: { V5: { offset: 0, gain: 1 } } }), /calibration\.V5 must be left out/);
    const clamp = { ...shunt, board: "clamp", controlMs: 200, calibration: { I3: { offset: 0, gain: 1.02 } } };
    assert.deepEqual(checkSettings(clamp).calibration, clamp.calibration);
    assert.match(refusal({ ...clamp, calibration: { VAC: { offset: 1, gain: 1 } } }), /calibration\.VAC\.offset must be a number from -?0 to 0/);
    assert.match(refusal({ ...clamp, controlMs: 100 }), /controlMs must be a number from 200/);
  });

  it("are refused from a command by the same rules, by the name of the field", () => {
    const { policy } = EXAMPLE;
    const values = Object.values(policy);
    assert.deepEqual(checkPolicy(values, 100, 18000), policy);
    assert.throws(() => checkPolicy(values.with(0, 700), 100, 18000), /settings: policy\.lowPermille must be below highPermille/);
    assert.throws(() => checkPolicy(values.with(6, 10), 100, 18000), /settings: policy\.deadTimeMs must be a number from 50/);
    assert.throws(() => checkPolicy(values.slice(0, 10), 100, 18000), /settings: policy\.staleMs must be/);
    assert.throws(() => checkPolicy(values, 1000, 18000), /settings: policy\.staleMs must be a number from 2000/);
    assert.deepEqual(checkCalibration([-3.5, 1.02], HALL), { offset: -3.5, gain: 1.02 });
    assert.throws(() => checkCalibration([0, NaN], HALL), /settings: calibration\.gain must be/);
  });

  it("are refused without any one of their fields, by its name", () => {
    for (const path of paths(EXAMPLE)) assert.match(refusal(altered(path, undefined)), new RegExp(`^settings: ${path}\\b.* must be`), path);
  });

  it("are refused with a value of another type anywhere, by its name", () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths(EXAMPLE)), fc.constantFrom(null, true, [], [1], -1, 0.5, 1e300, "x".repeat(99)), (path, value) => {
        assert.ok(refusal(altered(path, value)).startsWith(`settings: ${path}`), refusal(altered(path, value)));
      }),
    );
  });

  it("are refused with a field that is none, at any depth, by its name", () => {
    for (const path of ["surprise", "policy.surprise", "wifi.surprise", "gateway.surprise", "battery.surprise", "calibration.I9"]) {
      assert.match(refusal(altered(path, { offset: 0, gain: 1 })), new RegExp(`^settings: ${path} must be left out`));
    }
    assert.match(refusal(altered("calibration.I1", { offset: 0, gain: 1, surprise: 1 })), /calibration\.I1\.surprise/);
    assert.match(refusal(altered("flash", { ...DEFAULT_FLASH, surprise: 1 })), /flash\.surprise/);
  });

  for (const [path, value, expectation] of [
    ["version", 2, /from 1 to 1/],
    ["boardId", "0242AC110002", /lower-case hex/],
    ["role", "neighbor", /consumer or producer/],
    ["gateway.host", "pi.local", /IPv4/],
    ["gateway.host", "192.168.1.256", /IPv4/],
    ["gateway.host", "192.168.1.1.1", /IPv4/],
    ["gateway.host", "1.2.3.", /characters|IPv4/],
    ["slotMs", 9999, /from 10000 to/],
    ["readingMs", 50, /from 100 to/],
    ["policy.reservePermille", 300, /below lowPermille/],
    ["policy.lowPermille", 600, /below highPermille/],
    ["policy.giveAbovePermille", 100, /below giveAbovePermille/],
    ["policy.staleMs", 199, /from 200 to/],
    ["policy.tripMa", 18001, /to 18000/],
    ["policy.tripMa", 5000.5, /whole number/],
    ["battery.emptyMv", 12800, /below fullMv/],
    ["flash", { ...DEFAULT_FLASH, address: 100 }, /flash\.address must be a multiple of 4096/],
    ["flash", { ...DEFAULT_FLASH, bytes: 65537 }, /flash\.bytes must be a multiple of 4096/],
    ["flash", { ...DEFAULT_FLASH, bytes: 4096 }, /from 49152/],
    ["calibration", { I1: { offset: 0, gain: 0 } }, /calibration\.I1\.gain must be a number from 0.5 to 2/],
  ] as const) {
    it(`are refused with ${path} ${JSON.stringify(value)}`, () => assert.match(refusal(altered(path, value)), expectation));
  }

  it("never throw anything but a refusal, whatever the file held", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.match(refusal(value), /^settings: /)));
    assert.match(refusal(undefined), /the file must be an object/);
  });
});
