/**
 * @module
 */
import assert from "node:assert/strict";
import sinon from "sinon";
import type { StorageStatus, TidyStep } from "#gateway/store/history.ts";
import { createKeeper } from "#gateway/store/keeper.ts";

const STATUS: StorageStatus = {
  databaseBytes: 1,
  freeBytes: 2,
  state: "ok",
  readings: 0,
  packedReadings: 0,
  events: 0,
  checkpoints: 0,
  batches: 0,
  oldestReadingUtcMs: null,
  newestReadingUtcMs: null,
};
const DONE: TidyStep = { packedReadings: 0, droppedReadings: 0, droppedMinutes: 0, more: false };
const HOUR_MS = 3_600_000;

describe("the store's keeper", () => {
  let timers: sinon.SinonFakeTimers;
  beforeEach(() => {
    timers = sinon.useFakeTimers();
  });
  afterEach(() => timers.restore());

  function rig() {
    const tidy = sinon.stub<[number], Promise<TidyStep>>().resolves(DONE);
    const storage = sinon.stub<[], Promise<StorageStatus>>().resolves(STATUS);
    const log = { info: sinon.stub(), warn: sinon.stub(), error: sinon.stub() };
    const onStorage = sinon.stub<[StorageStatus], void>();
    const clock = { nowMs: () => 1000 + timers.now };
    return { tidy, storage, log, onStorage, keeper: createKeeper({ store: { tidy, storage }, clock, log, onStorage }) };
  }

  it("goes on step by step while there is more, with a pause for frames, and comes back each hour", async () => {
    const { tidy, keeper, log } = rig();
    tidy.onCall(0).resolves({ ...DONE, packedReadings: 1024, more: true });
    tidy.onCall(1).resolves({ ...DONE, more: true });
    keeper.start();
    await timers.tickAsync(0);
    assert.equal(tidy.callCount, 1);
    await timers.tickAsync(10_000);
    assert.equal(tidy.callCount, 3);
    assert.ok((tidy.args[1]?.[0] ?? 0) > 1000, "frames had a pause");
    await timers.tickAsync(HOUR_MS);
    assert.equal(tidy.callCount, 4);
    assert.deepEqual(log.info.args, [[{ packedReadings: 1024, droppedReadings: 0, droppedMinutes: 0 }, "store: tidied"]]);
    await keeper.stop();
    await timers.tickAsync(5 * HOUR_MS);
    assert.equal(tidy.callCount, 4);
  });

  it("tries again in an hour when a step fails, and says so", async () => {
    const { tidy, keeper, log } = rig();
    tidy.onCall(0).rejects(new Error("disk on fire"));
    keeper.start();
    await timers.tickAsync(HOUR_MS);
    assert.equal(tidy.callCount, 2);
    assert.match(String(log.error.args[0]?.[1]), /tidying failed.*tried again in an hour/);
    await keeper.stop();
  });

  it("warns of a low disk once, then that it is full, and tells when there is room again", async () => {
    const { storage, keeper, log, onStorage } = rig();
    const states = ["ok", "low", "low", "full", "ok"] as const;
    for (const [index, state] of states.entries()) storage.onCall(index).resolves({ ...STATUS, state });
    keeper.start();
    for (const _state of states) await timers.tickAsync(60_000);
    await keeper.stop();
    assert.deepEqual(
      onStorage.args.map(([{ state }]) => state),
      ["ok", "low", "full", "ok"],
    );
    assert.equal(log.warn.callCount, 1);
    assert.match(String(log.warn.args[0]?.[1]), /getting full; make room/);
    assert.equal(log.error.callCount, 1);
    assert.match(String(log.error.args[0]?.[1]), /full; frames are refused/);
  });

  it("stops only when the step under way is done", async () => {
    const { tidy, keeper } = rig();
    let finish = (_step: TidyStep): void => assert.fail();
    tidy.onCall(0).returns(
      new Promise((resolve) => {
        finish = resolve;
      }),
    );
    keeper.start();
    let isStopped = false;
    const stopped = keeper.stop().then(() => (isStopped = true));
    await timers.tickAsync(0);
    assert.equal(isStopped, false);
    finish({ ...DONE, more: true });
    await stopped;
    await timers.tickAsync(HOUR_MS);
    assert.equal(tidy.callCount, 1);
  });
});
