/**
 * @module
 */
import assert from "node:assert/strict";
import { checkpoint, event, reading } from "#tests/gateway/store/samples.ts";
import type { Outcome } from "#gateway/ingest/ingest.ts";
import { BOARD, NEIGHBOUR, SLOT_MS, START_MS, STRANGER, TestBoard, withIngest } from "./rig.ts";

function ackOf(outcome: Outcome): Uint8Array {
  assert.ok("ack" in outcome, JSON.stringify(outcome));
  return outcome.ack;
}

describe("ingest", () => {
  it(
    "stores a frame's records and answers with a sealed acknowledgement of the last one",
    withIngest(async ({ ingest, store, onCommitted }) => {
      const records = [reading(), event({ uptimeMs: 1500 }), reading({ meter: 1, uptimeMs: 2000 })];
      const outcome = await ingest.accept(BOARD.frame({ boot: 3, number: 8 }, { sequence: 40, records }));
      assert.deepEqual(BOARD.open(ackOf(outcome)), {
        message: { boot: 1, number: 0 },
        ack: { frameBoot: 3, frameNumber: 8, stream: 0, boot: 3, sequence: 42, utcMs: START_MS },
      });
      const [stored] = await store.readings({ meter: 1, limit: 1 });
      assert.equal(stored?.sequence, 42);
      assert.equal(stored.endUtcMs, START_MS);
      assert.deepEqual(onCommitted.args.flat(2).map(({ stored: fresh }) => fresh.length), [3]);
      assert.equal(ingest.counters.accepted, 1);
      assert.equal(ingest.counters.recordsStored, 3);
    }),
  );

  it(
    "numbers every acknowledgement anew",
    withIngest(async ({ ingest }) => {
      const numbers: unknown[] = [];
      for (const board of [BOARD, NEIGHBOUR, BOARD]) {
        const frame = board.frame({ boot: 1, number: numbers.length });
        for (const bytes of [frame, frame]) numbers.push(board.open(ackOf(await ingest.accept(bytes))).message.number);
      }
      assert.deepEqual(numbers, [0, 1, 2, 3, 4, 5]);
    }),
  );

  describe("when an answer was lost", () => {
    it(
      "acknowledges the same frame again, stores nothing twice, and leaves its time alone",
      withIngest(async ({ ingest, store, clock }) => {
        const frame = BOARD.frame({ boot: 1, number: 5 });
        const first = BOARD.open(ackOf(await ingest.accept(frame))).ack;
        const progress = await store.progress();
        for (const laterMs of [5000, -5000]) {
          clock.utcMs = START_MS + laterMs;
          assert.deepEqual(BOARD.open(ackOf(await ingest.accept(frame))).ack, { ...first, utcMs: clock.utcMs });
        }
        assert.deepEqual(await store.progress(), progress);
        assert.equal((await store.readings({ limit: 9 })).length, 1);
        const { accepted, repeated, recordsStored, recordsDuplicate } = ingest.counters;
        assert.deepEqual([accepted, repeated, recordsStored, recordsDuplicate], [1, 2, 1, 2]);
      }),
    );

    it(
      "takes a newer frame with the same records and more, and stores only what is new",
      withIngest(async ({ ingest, store }) => {
        await ingest.accept(BOARD.frame({ boot: 1, number: 1 }, { sequence: 1, records: [reading(), reading()] }));
        const more = { sequence: 1, records: [reading(), reading(), reading()] };
        const { ack } = BOARD.open(ackOf(await ingest.accept(BOARD.frame({ boot: 1, number: 2 }, more))));
        assert.equal(ack.sequence, 3);
        assert.equal((await store.readings({ limit: 9 })).length, 3);
        assert.equal(ingest.counters.recordsDuplicate, 2);
      }),
    );
  });

  describe("replay protection", () => {
    it(
      "refuses every frame older than the newest, by boot and number, for each board by itself",
      withIngest(async ({ ingest, store }) => {
        await ingest.accept(BOARD.frame({ boot: 2, number: 7 }));
        const older = [{ boot: 2, number: 6 }, { boot: 1, number: 900 }, { boot: 2, number: 0 }];
        for (const message of older) assert.deepEqual(await ingest.accept(BOARD.frame(message)), { refusal: "replayed" });
        assert.equal(ingest.counters.refused.replayed, 3);
        ackOf(await ingest.accept(NEIGHBOUR.frame({ boot: 1, number: 1 })));
        ackOf(await ingest.accept(BOARD.frame({ boot: 3, number: 0 })));
        assert.deepEqual(await ingest.accept(BOARD.frame({ boot: 2, number: 8 })), { refusal: "replayed" });
        assert.equal((await store.readings({ limit: 9 })).length, 3);
      }),
    );

    it(
      "goes on after a restart, and acknowledgements are never numbered as before",
      withIngest(async (rig) => {
        const frames = [1, 2, 3].map((number) => BOARD.frame({ boot: 1, number }));
        const [first = assert.fail(), second = assert.fail(), third = assert.fail()] = frames;
        for (const frame of [first, second]) ackOf(await rig.ingest.accept(frame));
        await rig.restart();
        assert.deepEqual(await rig.ingest.accept(first), { refusal: "replayed" });
        assert.deepEqual(BOARD.open(ackOf(await rig.ingest.accept(second))).message, { boot: 2, number: 0 });
        assert.equal(rig.ingest.counters.repeated, 1);
        ackOf(await rig.ingest.accept(third));
        assert.equal((await rig.store.readings({ limit: 9 })).length, 3);
      }),
    );
  });

  describe("time", () => {
    it(
      "of a backlog comes from the boot that made it, also after a restart, or is unknown",
      withIngest(async (rig) => {
        const { clock } = rig;
        const backlog = (boot: number, sequence: number) => ({ boot, sequence, uptimeMs: 1000, records: [reading({ uptimeMs: 700 })] });
        await rig.ingest.accept(BOARD.frame({ boot: 1, number: 1 }, backlog(1, 1)));
        clock.utcMs += 50_000;
        await rig.ingest.accept(BOARD.frame({ boot: 3, number: 1 }, backlog(2, 1)));
        await rig.restart();
        clock.utcMs += 50_000;
        await rig.ingest.accept(BOARD.frame({ boot: 4, number: 1 }, backlog(1, 2)));
        await rig.ingest.accept(BOARD.frame({ boot: 4, number: 2 }, backlog(3, 2)));
        await rig.ingest.accept(BOARD.frame({ boot: 4, number: 3 }, backlog(4, 3)));
        const endOf = async (boot: number, sequence: number) =>
          (await rig.store.reading({ boardId: BOARD.boardId, boot, sequence }))?.endUtcMs;
        assert.equal(await endOf(1, 1), START_MS - 300);
        assert.equal(await endOf(2, 1), null);
        assert.equal(await endOf(1, 2), START_MS - 300);
        assert.equal(await endOf(3, 2), START_MS + 50_000 - 300);
        assert.equal(await endOf(4, 3), START_MS + 100_000 - 300);
      }),
    );

    it(
      "gives a checkpoint that was cut without UTC the slot it was cut in, and none when its boot has no time",
      withIngest(async ({ ingest, store }) => {
        const records = [checkpoint({ slot: null, uptimeMs: 500 }), checkpoint({ slot: 7, uptimeMs: 1000 })];
        await ingest.accept(BOARD.frame({ boot: 2, number: 1 }, { records }));
        await ingest.accept(BOARD.frame({ boot: 2, number: 2 }, { boot: 1, sequence: 1, records: [checkpoint({ slot: null })] }));
        const slots = (await store.checkpoints({ limit: 9 })).map(({ slot }) => slot);
        assert.deepEqual(slots, [7, Math.floor((START_MS - 1500) / SLOT_MS), null]);
      }),
    );

    it(
      "that cannot be is refused: records of a boot to come, an uptime longer than history",
      withIngest(async ({ ingest }) => {
        assert.deepEqual(await ingest.accept(BOARD.frame({ boot: 1, number: 1 }, { boot: 2 })), { refusal: "implausible" });
        assert.deepEqual(await ingest.accept(BOARD.frame({ boot: 1, number: 1 }, { uptimeMs: START_MS + 1 })), { refusal: "implausible" });
        ackOf(await ingest.accept(BOARD.frame({ boot: 1, number: 1 })));
      }),
    );
  });

  describe("a boot that never met the gateway", () => {
    it(
      "has bounds: after the boot before it, and so early that its records ended before the next one",
      withIngest(async (rig) => {
        const { clock } = rig;
        const backlog = (boot: number, sequence: number, uptimeMs: number) => ({ boot, sequence, uptimeMs: 1000, records: [reading({ uptimeMs })] });
        await rig.ingest.accept(BOARD.frame({ boot: 2, number: 1 }, backlog(2, 1, 700)));
        await rig.ingest.accept(BOARD.frame({ boot: 2, number: 2 }, backlog(1, 1, 5000)));
        clock.utcMs += 100_000;
        await rig.ingest.accept(BOARD.frame({ boot: 5, number: 1 }, backlog(3, 1, 20_000)));
        await rig.restart();
        await rig.ingest.accept(BOARD.frame({ boot: 5, number: 2 }, backlog(3, 2, 30_000)));
        await rig.ingest.accept(BOARD.frame({ boot: 5, number: 3 }, backlog(4, 1, 60_000)));
        const second = START_MS - 1000;
        const fifth = START_MS + 100_000 - 1000;
        assert.deepEqual(await rig.store.bootBounds(BOARD.boardId), [
          { boot: 1, earliestUtcMs: null, latestUtcMs: second - 5000 },
          { boot: 3, earliestUtcMs: second, latestUtcMs: fifth - 30_000 },
          { boot: 4, earliestUtcMs: second, latestUtcMs: fifth - 60_000 },
        ]);
        assert.deepEqual(await rig.store.bootBounds(NEIGHBOUR.boardId), []);
        assert.equal((await rig.store.reading({ boardId: BOARD.boardId, boot: 3, sequence: 2 }))?.endUtcMs, null);
      }),
    );
  });

  describe("boards", () => {
    it(
      "admitted while it runs are heard from then on, and no longer wait",
      withIngest(async ({ ingest, store }) => {
        const frame = STRANGER.frame({ boot: 1, number: 1 });
        assert.deepEqual(await ingest.accept(frame), { refusal: "unknownBoard" });
        await store.admitBoard(STRANGER.admission());
        ingest.admit(STRANGER.boardId, STRANGER.keys);
        assert.deepEqual(ingest.unknownBoards(), []);
        ackOf(await ingest.accept(frame));
      }),
    );

    it(
      "with another secret than they were admitted with are listed, until they are heard",
      withIngest(async ({ ingest }) => {
        const other = new TestBoard(BOARD.boardId, new Uint8Array(32));
        await ingest.accept(other.frame({ boot: 1, number: 1 }));
        assert.deepEqual(ingest.unknownBoards().map(({ boardId, lastRefusal }) => [boardId, lastRefusal]), [[BOARD.boardId, "badSeal"]]);
        ingest.admit(BOARD.boardId, other.keys);
        const outcome = await ingest.accept(other.frame({ boot: 1, number: 1 }));
        assert.equal(other.open(ackOf(outcome)).ack.frameNumber, 1);
        assert.deepEqual(await ingest.accept(BOARD.frame({ boot: 1, number: 2 })), { refusal: "badSeal" });
        ingest.admit(BOARD.boardId, BOARD.keys);
        ackOf(await ingest.accept(BOARD.frame({ boot: 1, number: 2 })));
        assert.deepEqual(ingest.unknownBoards(), []);
      }),
    );

    it(
      "take turns: one that drains a backlog does not hold up another",
      withIngest(
        async ({ ingest, gate, store }) => {
          gate.isClosed = true;
          const order: string[] = [];
          const send = (board: TestBoard, number: number) =>
            ingest.accept(board.frame({ boot: 1, number })).then((outcome) => order.push("ack" in outcome ? `${outcome.boardId} ${number}` : outcome.refusal));
          const first = send(BOARD, 0);
          await gate.arrival();
          const waiting = [1, 2, 3, 4, 5].map((number) => send(BOARD, number)).concat(send(NEIGHBOUR, 1));
          gate.open();
          await Promise.all([first, ...waiting]);
          // The fifth one waiting is above the board's share; the neighbour comes second of those that wait.
          assert.deepEqual(order.slice(0, 4), ["overloaded", `${BOARD.boardId} 0`, `${BOARD.boardId} 1`, `${NEIGHBOUR.boardId} 1`]);
          assert.equal((await store.readings({ limit: 99 })).length, 6);
        },
        { maxWaitingOfOne: 4, maxGroup: 2 },
      ),
    );
  });

  describe("group commit", () => {
    it(
      "acknowledges nothing before the store has it",
      withIngest(async ({ ingest, gate, store }) => {
        gate.isClosed = true;
        let answered = 0;
        const accepting = [BOARD, NEIGHBOUR].map(async (board) => {
          const outcome = await ingest.accept(board.frame({ boot: 1, number: 1 }));
          answered++;
          return outcome;
        });
        await gate.arrival();
        assert.equal(answered, 0);
        assert.equal(ingest.counters.accepted, 0);
        assert.deepEqual(await store.readings({ limit: 9 }), []);
        gate.open();
        for (const outcome of await Promise.all(accepting)) ackOf(outcome);
        assert.equal((await store.readings({ limit: 9 })).length, 2);
      }),
    );

    it(
      "judges frames that come while others wait by those, and commits them together",
      withIngest(async ({ ingest, gate, store, groups }) => {
        gate.isClosed = true;
        const frames = [1, 2, 3, 2, 3, 4].map((number) => ingest.accept(BOARD.frame({ boot: 1, number })));
        await gate.arrival();
        gate.open();
        const outcomes = await Promise.all(frames);
        assert.deepEqual(
          outcomes.map((outcome) => ("ack" in outcome ? BOARD.open(outcome.ack).ack.frameNumber : outcome.refusal)),
          [1, 2, 3, "replayed", 3, 4],
        );
        assert.deepEqual(groups, [1, 4]);
        assert.equal((await store.readings({ limit: 9 })).length, 4);
        assert.deepEqual((await store.progress()).map(({ frameNumber }) => frameNumber), [4]);
      }),
    );

    it(
      "refuses what does not fit into the queue, and takes it later as if it came first",
      withIngest(
        async ({ ingest, gate, store }) => {
          gate.isClosed = true;
          const frames = [1, 2, 3, 4, 5].map((number) => BOARD.frame({ boot: 1, number }));
          const accepting = frames.map((frame) => ingest.accept(frame));
          await gate.arrival();
          gate.open();
          const kinds = (await Promise.all(accepting)).map((outcome) => ("ack" in outcome ? "ack" : outcome.refusal));
          assert.deepEqual(kinds, ["ack", "ack", "ack", "overloaded", "overloaded"]);
          assert.equal(ingest.counters.refused.overloaded, 2);
          for (const frame of frames.slice(3)) ackOf(await ingest.accept(frame));
          assert.equal(ingest.counters.accepted, 5);
          assert.equal((await store.readings({ limit: 9 })).length, 5);
        },
        { maxWaiting: 2 },
      ),
    );

    it(
      "commits no more frames at once than its limit",
      withIngest(
        async ({ ingest, gate, groups }) => {
          gate.isClosed = true;
          const accepting = [1, 2, 3, 4, 5, 6].map((number) => ingest.accept(BOARD.frame({ boot: 1, number })));
          await gate.arrival();
          gate.open();
          for (const outcome of await Promise.all(accepting)) ackOf(outcome);
          assert.deepEqual(groups, [1, 2, 2, 1]);
        },
        { maxGroup: 2 },
      ),
    );
  });

  describe("when the store fails", () => {
    it(
      "refuses the frames under way and those behind them, forgets their numbers, and goes on when it works again",
      withIngest(async ({ ingest, gate, store, log, onCommitted }) => {
        ackOf(await ingest.accept(BOARD.frame({ boot: 1, number: 1 })));
        gate.isClosed = true;
        const frames = [2, 3, 4].map((number) => BOARD.frame({ boot: 1, number }));
        const accepting = frames.map((frame) => ingest.accept(frame));
        await gate.arrival();
        gate.failure = new Error("disk full");
        gate.open();
        assert.deepEqual(await Promise.all(accepting), frames.map(() => ({ refusal: "storeFailed" })));
        assert.equal(ingest.counters.refused.storeFailed, 3);
        assert.equal(log.error.callCount, 1);
        assert.deepEqual((await store.progress()).map(({ frameNumber }) => frameNumber), [1]);
        gate.failure = null;
        for (const frame of frames) ackOf(await ingest.accept(frame));
        assert.equal(ingest.counters.accepted, 4);
        assert.equal(ingest.counters.repeated, 0);
        assert.equal(onCommitted.callCount, 4);
        assert.equal((await store.readings({ limit: 9 })).length, 4);
      }),
    );
  });

  it(
    "acknowledges what is stored although a listener fails",
    withIngest(async ({ ingest, onCommitted, log }) => {
      onCommitted.throws(new Error("listener"));
      ackOf(await ingest.accept(BOARD.frame({ boot: 1, number: 1 })));
      assert.match(String(log.error.args[0]?.[1]), /listener failed/);
      ackOf(await ingest.accept(BOARD.frame({ boot: 1, number: 2 })));
    }),
  );

  it(
    "remembers the unknown boards that knocked last, and no more than its limit",
    withIngest(
      async ({ ingest, clock }) => {
        const strangers = ["00000000000a", "00000000000b", "00000000000c"].map((boardId) => new TestBoard(boardId));
        for (const stranger of [...strangers, strangers[1] ?? STRANGER]) {
          clock.utcMs += 1000;
          assert.deepEqual(await ingest.accept(stranger.frame({ boot: 1, number: 1 })), { refusal: "unknownBoard" });
        }
        assert.deepEqual(ingest.unknownBoards(), [
          { boardId: "00000000000b", frames: 2, firstUtcMs: START_MS + 2000, lastUtcMs: START_MS + 4000, lastRefusal: "unknownBoard" },
          { boardId: "00000000000c", frames: 1, firstUtcMs: START_MS + 3000, lastUtcMs: START_MS + 3000, lastRefusal: "unknownBoard" },
        ]);
        assert.equal(ingest.counters.refused.unknownBoard, 4);
      },
      { maxUnknownBoards: 2 },
    ),
  );
});
