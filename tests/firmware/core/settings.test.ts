import assert from "node:assert/strict";
import fc from "fast-check";
import { checkSettings, DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { EXAMPLE } from "./example-settings.ts";

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
  it("are taken as given, with the flash region and calibration that may be left out", () => {
    assert.deepEqual(checkSettings(EXAMPLE), { ...EXAMPLE, flash: DEFAULT_FLASH, calibration: {} });
    const flash = { address: 4096, bytes: 32768 };
    const calibration = { I1: { offset: -12.5, gain: 1.01 }, VBAT: { offset: 30, gain: 1 } };
    assert.deepEqual(checkSettings({ ...EXAMPLE, flash, calibration }), { ...EXAMPLE, flash, calibration });
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
    assert.match(refusal(altered("flash", { address: 0, bytes: 65536, surprise: 1 })), /flash\.surprise/);
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
    ["flash", { address: 100, bytes: 65536 }, /multiple of 4096/],
    ["flash", { address: 0, bytes: 65537 }, /multiple of 4096/],
    ["flash", { address: 0, bytes: 4096 }, /from 32768/],
    ["calibration", { I1: { offset: 0, gain: 0 } }, /calibration\.I1\.gain must be a number from 0.5 to 2/],
  ] as const) {
    it(`are refused with ${path} ${JSON.stringify(value)}`, () => assert.match(refusal(altered(path, value)), expectation));
  }

  it("never throw anything but a refusal, whatever the file held", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.match(refusal(value), /^settings: /)));
    assert.match(refusal(undefined), /the file must be an object/);
  });
});
