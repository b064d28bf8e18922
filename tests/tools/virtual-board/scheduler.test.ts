import assert from "node:assert/strict";
import fc from "fast-check";
import { createScheduler, runInRealTime } from "#tools/virtual-board/scheduler.ts";

describe("virtual-board/scheduler", () => {
  it("runs tasks by time, and tasks of one time in the order they were planned, whatever was cancelled", () => {
    const plan = fc.array(fc.record({ delayMs: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(plan, (tasks) => {
        const scheduler = createScheduler();
        const ran: { delayMs: number; index: number; atMs: number }[] = [];
        const cancels = tasks.map(({ delayMs }, index) =>
          scheduler.after(delayMs, () => void ran.push({ delayMs, index, atMs: scheduler.nowMs() })),
        );
        tasks.forEach(({ cancelled }, index) => cancelled && cancels[index]?.());
        scheduler.advance(20);
        const expected = tasks
          .map(({ delayMs, cancelled }, index) => ({ delayMs, index, cancelled }))
          .filter(({ cancelled }) => !cancelled)
          .sort((a, b) => a.delayMs - b.delayMs || a.index - b.index)
          .map(({ delayMs, index }) => ({ delayMs, index, atMs: delayMs }));
        assert.deepEqual(ran, expected);
      }),
    );
  });

  it("runs what a task plans when that is due within the same advance", () => {
    const scheduler = createScheduler();
    const times: number[] = [];
    const again = (): void => {
      times.push(scheduler.nowMs());
      scheduler.after(10, again);
    };
    scheduler.after(10, again);
    scheduler.advance(35);
    assert.deepEqual(times, [10, 20, 30]);
    assert.equal(scheduler.nextMs(), 40);
  });

  it("keeps the model's time exact in real time at any speed, and stops", async () => {
    const scheduler = createScheduler();
    const times: number[] = [];
    const stop = await new Promise<() => void>((resolve) => {
      const end = runInRealTime(scheduler, 500);
      const again = (): void => {
        times.push(scheduler.nowMs());
        if (times.length < 50) scheduler.after(100, again);
        else resolve(end);
      };
      scheduler.after(0, again);
    });
    stop();
    const first = times[0] ?? NaN;
    assert.deepEqual(
      times,
      Array.from({ length: 50 }, (_, index) => first + index * 100),
    );
    let later = false;
    scheduler.after(0, () => (later = true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(later, false);
  });
});
