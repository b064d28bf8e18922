import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFirmware } from "#firmware/build/bundle.ts";
import { EXAMPLE } from "../core/example-settings.ts";
import { bootInterpreter } from "./interpreter.ts";

/** Variables that the firmware may take in steady state, of the 5000 or so that an ESP32 has. */
const BUDGET_VARIABLES = 2500;
/** Flash of the Linux build, 256 KB, is all Storage; its files do not reach as far as the last 48 KB. */
const FLASH = { address: 0x10000000 + 212992, bytes: 49152, storageAddress: 0x10000000, storageBytes: 212992, recordBytes: 32768 };

/** What a Linux build lacks of a board, steady voltages, and looks at the memory. */
const BOOT0 = `
  var pins = { D34: 0.3336, D35: 0.3475, D36: 0.2566, D39: 0.556, D33: 0.2566 };
  global.analogRead = function (pin) { return pins[pin]; };
  global.digitalWrite = function () {};
  global.digitalRead = function () { return 1; };
  global.pinMode = function () {};
  E.enableWatchdog = E.kickWatchdog = function () {};
  Modules.addCached("Wifi", function () {
    var on = {};
    exports.stopAP = function () {};
    exports.getDetails = function () { return {}; };
    exports.on = function (event, listener) { on[event] = listener; };
    exports.connect = function () { setTimeout(function () { on.connected(); }, 10); };
  });
  function look() { console.log("usage " + process.memory().usage); }
  setTimeout(look, 4000);
  setTimeout(look, 8000);
  setTimeout(end, 8100);`;

describe("firmware in memory", function () {
  this.timeout(60_000);

  it("takes no more than its budget of variables, with records waiting and a frame under way, and does not grow", async function () {
    const dist = await mkdtemp(join(tmpdir(), "daisee-memory-"));
    try {
      const { code } = await buildFirmware({ dist });
      const settings = { ...EXAMPLE, gateway: { host: "127.0.0.1", port: 9 }, readingMs: 200, slotMs: 2000, flash: FLASH };
      const files = { "daisee.json": JSON.stringify(settings), "daisee.key": "k".repeat(32) };
      const lines = await bootInterpreter(this, code, BOOT0, files);
      const [early = NaN, late = NaN] = lines.flatMap((line) => /usage (\d+)/.exec(line)?.[1] ?? []).map(Number);
      if (this.test) this.test.title += ` (${late} of ${BUDGET_VARIABLES})`;
      assert.ok(late <= BUDGET_VARIABLES, `${late} variables`);
      assert.ok(late - early < 50, `${early} variables grew to ${late}`);
    } finally {
      await rm(dist, { recursive: true, force: true });
    }
  });
});
