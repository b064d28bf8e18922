import assert from "node:assert/strict";
import { evaluate, run } from "./bench.ts";

describe("virtual-board/fake: time", () => {
  it("starts its clock at power-on, keeps it over a restart, and lets it jump", () => {
    const { lines, board, scheduler } = run("console.log(Math.round(getTime() * 10)); setTimeout(() => E.reboot(), 1000);", 1500);
    board.setTime(1e9);
    scheduler.advance(1000);
    assert.equal(lines[0], "4");
    assert.ok(Number(lines[1]) >= 1e10 && Number(lines[1]) < 1e10 + 100, lines[1]);
  });

  it("keeps an interval's pace when a turn takes its time, and lets getTime pass while it works", () => {
    const { lines } = run(
      `let turns = 0;
       setInterval(() => { const end = getTime() + 0.06; while (getTime() < end); if (++turns === 9) console.log(getTime()); }, 100);`,
      2000,
    );
    const expected = 0.4 + 0.9 + 0.06;
    assert.ok(Math.abs(Number(lines[0]) - expected) < 0.001, lines[0]);
  });

  it("ends the timers that it is told to, and refuses to end undefined", () => {
    const { lines } = run(
      `const id = setInterval(() => console.log("interval"), 10); clearInterval(id);
       setTimeout(() => console.log("timeout"), 20); setTimeout((a, b) => console.log(a + b), 30, 1, 2);
       setTimeout(() => { clearTimeout(); }, 40); setTimeout(() => console.log("never"), 50);`,
    );
    assert.deepEqual(lines, ["timeout", "3"]);
    assert.deepEqual(evaluate("clearInterval(undefined)", "setInterval(1, 2)"), ["throws", "throws"]);
  });
});
