/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createGroupCommit } from "#gateway/ingest/group-commit.ts";
import type { GroupCommitOptions } from "#gateway/ingest/group-commit.ts";

type Options<T, R> = Pick<GroupCommitOptions<T, R>, "commit" | "failed" | "maxWaiting" | "maxGroup">;

/** A group commit for one sender, by promises: null when nothing is taken. */
function pusher<T, R>(options: Options<T, R>): (item: T) => Promise<R> | null {
  const push = createGroupCommit<T, R>({ ...options, senderOf: () => "board", maxWaitingOfOne: Infinity });
  return (item) => {
    const { promise, resolve, reject } = withResolvers<R>();
    const isTaken = push(item, (outcome) => ("error" in outcome ? reject(outcome.error) : resolve(outcome.result)));
    return isTaken ? promise : null;
  };
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<R>() {
  let resolve: (result: R) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<R>((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });
  return { promise, resolve, reject };
}

describe("group commit", () => {
  it("commits every item once, in order, one group at a time, and gives each its own result", async () => {
    const pauses = fc.array(fc.nat(3), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(pauses, fc.integer({ min: 1, max: 8 }), async (list, maxGroup) => {
        const committed: number[] = [];
        let running = 0;
        const push = pusher<number, string>({
          async commit(group) {
            assert.equal(++running, 1);
            assert.ok(group.length <= maxGroup);
            await ticks(group.length % 3);
            committed.push(...group);
            running--;
            return group.map(String);
          },
          failed: () => assert.fail(),
          maxWaiting: 1000,
          maxGroup,
        });
        const results: Promise<string>[] = [];
        for (const [item, pause] of list.entries()) {
          results.push(push(item) ?? assert.fail());
          await ticks(pause);
        }
        const items = list.map((_, item) => item);
        assert.deepEqual(await Promise.all(results), items.map(String));
        assert.deepEqual(committed, items);
      }),
      { seed: 20268 },
    );
  });

  it("takes nothing when too many wait, and takes again when they are through", async () => {
    const running: (() => void)[] = [];
    const push = pusher<number, number>({
      commit: (group) =>
        new Promise((resolve) => {
          running.push(() => resolve(group));
        }),
      failed: () => assert.fail(),
      maxWaiting: 1,
      maxGroup: 9,
    });
    const first = push(1);
    const second = push(2);
    assert.equal(push(3), null);
    running.shift()?.();
    assert.equal(await first, 1);
    await ticks(1);
    const third = push(3);
    running.shift()?.();
    assert.equal(await second, 2);
    await ticks(1);
    running.shift()?.();
    assert.equal(await third, 3);
  });

  it("rejects a failed group and all behind it, tells so before they hear it, and goes on", async () => {
    const order: string[] = [];
    let failing = true;
    const push = pusher<number, number>({
      commit: (group) => (failing ? Promise.reject(new Error("disk full")) : Promise.resolve(group)),
      failed: () => order.push("failed"),
      maxWaiting: 9,
      maxGroup: 1,
    });
    for (const outcome of await Promise.allSettled([1, 2, 3].map((item) => push(item) ?? assert.fail()))) {
      order.push(outcome.status === "rejected" ? String(outcome.reason) : outcome.status);
    }
    assert.deepEqual(order, ["failed", ...Array.from({ length: 3 }, () => "Error: disk full")]);
    failing = false;
    assert.equal(await push(4), 4);
  });

  it("takes a wrong number of results for a failure", async () => {
    const push = pusher<number, number>({ commit: () => Promise.resolve([]), failed: () => {}, maxWaiting: 9, maxGroup: 9 });
    await assert.rejects(push(1) ?? assert.fail(), /0 results for 1 items/);
  });
});

async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
