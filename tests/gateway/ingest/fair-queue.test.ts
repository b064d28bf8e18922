/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createFairQueue } from "#gateway/ingest/fair-queue.ts";

interface Item {
  sender: string;
  number: number;
}

const senderOf = ({ sender }: Item): string => sender;
const senders = fc.constantFrom("a", "b", "c", "d");

describe("fair queue", () => {
  it("gives out each item once, a sender's in order, and no sender two ahead of one that waits", () => {
    const steps = fc.array(fc.oneof(senders, fc.integer({ min: 1, max: 5 })), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (list) => {
        const queue = createFairQueue<Item>({ senderOf, most: 1000, mostOfOne: 1000 });
        const waiting = new Map<string, number[]>();
        let number = 0;
        for (const step of [...list, 1000]) {
          if (typeof step === "string") {
            assert.ok(queue.push({ sender: step, number }));
            waiting.set(step, [...(waiting.get(step) ?? []), number++]);
            continue;
          }
          const turns = new Map<string, number>();
          for (const item of queue.take(step)) {
            assert.equal(waiting.get(item.sender)?.shift(), item.number);
            turns.set(item.sender, (turns.get(item.sender) ?? 0) + 1);
          }
          const most = Math.max(0, ...turns.values());
          for (const [sender, items] of waiting) if (items.length > 0) assert.ok((turns.get(sender) ?? 0) >= most - 1);
        }
        assert.equal(queue.size, 0);
        assert.deepEqual([...waiting.values()].flat(), []);
      }),
    );
  });

  it("begins a turn where the one before ended", () => {
    const queue = createFairQueue<Item>({ senderOf, most: 100, mostOfOne: 100 });
    for (const sender of ["a", "a", "a", "b", "b", "c"]) queue.push({ sender, number: 0 });
    const taken = Array.from({ length: 6 }, () => queue.take(1)[0]?.sender);
    assert.deepEqual(taken, ["a", "b", "c", "a", "b", "a"]);
  });

  it("takes no more than its bounds, of all and of one sender, and says so", () => {
    const queue = createFairQueue<Item>({ senderOf, most: 4, mostOfOne: 2 });
    const taken = ["a", "a", "a", "b", "c", "d"].map((sender) => queue.push({ sender, number: 0 }));
    assert.deepEqual(taken, [true, true, false, true, true, false]);
    assert.equal(queue.size, 4);
    queue.take(1);
    assert.ok(queue.push({ sender: "a", number: 1 }));
  });
});
