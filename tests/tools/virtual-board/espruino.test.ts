import assert from "node:assert/strict";
import { createBench, evaluate, run } from "./bench.ts";

describe("virtual-board/fake: E", () => {
  it("restarts a board that does not kick its watchdog in board time, and none that does", () => {
    const kicked = run("E.enableWatchdog(2, false); setInterval(() => E.kickWatchdog(), 500);", 20000);
    assert.deepEqual(kicked.reboots, []);
    const hung = run('E.enableWatchdog(2, false); console.log("up"); setTimeout(() => E.kickWatchdog(), 1000);', 8000);
    // Boot 0.4 s, kick at 1.4 s, restart at 3.4 s; again at 6.8 s.
    assert.deepEqual(hung.reboots, ["watchdog", "watchdog"]);
    assert.deepEqual(hung.lines, ["up", "up", "up"]);
  });

  it("runs nothing of the old run after a restart, even of firmware that catches everything", () => {
    const { lines, reboots } = run(
      `setInterval(() => console.log("old"), 300);
       setTimeout(() => {
         try { E.reboot(); } catch (error) {}
         try { console.log("still here"); } catch (error) {}
         digitalWrite("D23", 1);
       }, 100);`,
      850,
    );
    assert.deepEqual(reboots, ["software"]);
    assert.deepEqual(lines, []);
  });

  it("stops in the middle when the power goes, and starts anew with it", () => {
    const { board, scheduler, lines } = createBench('console.log("boot"); setInterval(() => console.log("turn"), 100);');
    board.start();
    board.start();
    scheduler.advance(650);
    board.stop();
    scheduler.advance(1000);
    assert.deepEqual(lines, ["boot", "turn", "turn"]);
    board.start();
    scheduler.advance(450);
    assert.deepEqual(lines.slice(3), ["boot"]);
  });

  it("loses every timer but no event handler when memory is exhausted", () => {
    const { board, scheduler, lines } = run(
      'setInterval(() => console.log("turn"), 400); E.on("errorFlag", (flags) => console.log(flags.join()));',
      1000,
    );
    board.exhaustMemory();
    scheduler.advance(2000);
    assert.deepEqual(lines, ["turn", "OUT OF MEMORY", "LOW_MEMORY,MEMORY"]);
  });

  it("does not normalise its variance, and draws the same 'hardware' numbers at each boot", () => {
    assert.deepEqual(evaluate("E.variance(new Uint16Array([1, 2, 3, 4]), 2.5)"), ["5"]);
    assert.deepEqual(evaluate("[E.hwRand(), E.hwRand()]", "Math.random()"), evaluate("[E.hwRand(), E.hwRand()]", "Math.random()"));
  });

  it("ignores the IV of AES-CTR, and has ECB right (NIST SP 800-38A, F.1.1)", () => {
    const encrypt = (options: string): string =>
      `new Uint8Array(require("crypto").AES.encrypt(new Uint8Array(16), new Uint8Array(16), ${options})).join()`;
    const iv = "iv: new Uint8Array([1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16])";
    const [first, second] = evaluate(encrypt('{ mode: "CTR", iv: new Uint8Array(16) }'), encrypt(`{ mode: "CTR", ${iv} }`));
    assert.equal(first, second);
    const hex = (text: string): string => JSON.stringify([...Buffer.from(text, "hex")]);
    const vector = `new Uint8Array(require("crypto").AES.encrypt(new Uint8Array(${hex("6bc1bee22e409f96e93d7e117393172a")}),
      new Uint8Array(${hex("2b7e151628aed2a6abf7158809cf4f3c")}), { mode: "ECB" })).join()`;
    assert.deepEqual(evaluate(vector), [JSON.stringify([...Buffer.from("3ad77bb40d7a3660a89ecaf32466ef97", "hex")].join())]);
    assert.deepEqual(
      evaluate(encrypt('{ mode: "OFB" }'), 'require("crypto").AES.encrypt(new Uint8Array(5), new Uint8Array(16), {mode: "ECB"})'),
      ["throws", "throws"],
    );
  });
});
