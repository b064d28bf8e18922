/**
 * @module
 */
import assert from "node:assert/strict";
import type { Command, Diagnostics } from "#firmware/wire/commands.ts";
import { encodeDiagnostics } from "#firmware/wire/diagnostics.ts";
import type { Ack } from "#firmware/wire/records.ts";
import { BOARD, NEIGHBOUR, START_MS, withIngest } from "./rig.ts";
import type { Rig } from "./rig.ts";

const HOUR_MS = 3_600_000;
const IDENTIFY: Command = { kind: "identify", durationMs: 5000 };
const REBOOT: Command = { kind: "reboot" };
const override = (source: 0 | 1 | 2): Command => ({ kind: "override", source, durationMs: 60_000 });

function health(overrides: Partial<Diagnostics> = {}): Diagnostics {
  return {
    uptimeMs: 5000,
    firmware: "0.3.0",
    resetCause: 1,
    failedStarts: 0,
    safeMode: false,
    freeVariables: 2900,
    usedVariables: 2100,
    queueFine: 3,
    queueCoarse: 0,
    refused: 0,
    retransmitted: 1,
    slowestTurnMs: 40,
    rssiDbm: -60,
    channels: [{ value: -250, raw: 30_000, noise: 50 }],
    commandId: 0,
    commandResult: 0,
    commandReason: "",
    ...overrides,
  };
}

let number = 0;

/** Sends a frame of records, or diagnostics, and opens the answer. */
async function ask({ ingest }: Rig, diagnostics?: Diagnostics, board = BOARD): Promise<Ack> {
  const message = { boot: 1, number: ++number };
  const outcome = await ingest.accept(diagnostics === undefined ? board.frame(message) : board.seal(message, encodeDiagnostics(diagnostics)));
  assert.ok("ack" in outcome, JSON.stringify(outcome));
  return board.open(outcome.ack).ack;
}

const states = async ({ commands }: Rig): Promise<string[]> =>
  (await commands.list(BOARD.boardId, { limit: 99 })).map(({ commandId, state, reason }) => [commandId, state, reason ?? ""].join(" ").trim());

describe("commands", () => {
  it(
    "travel in the board's next acknowledgement, and again until the board has said what became of them",
    withIngest(async (rig) => {
      const { commands } = rig;
      const queued = await commands.queue(BOARD.boardId, IDENTIFY, "anna");
      assert.deepEqual(queued, {
        boardId: BOARD.boardId,
        commandId: 1,
        command: IDENTIFY,
        by: "anna",
        state: "pending",
        reason: null,
        createdUtcMs: START_MS,
        sentUtcMs: null,
        doneUtcMs: null,
      });
      assert.equal((await ask(rig, undefined, NEIGHBOUR)).command, undefined);
      for (const _ of [1, 2]) assert.deepEqual((await ask(rig)).command, { id: 1, command: IDENTIFY });
      assert.deepEqual(await states(rig), ["1 sent"]);
      assert.equal((await ask(rig, health({ commandId: 1 }))).command, undefined);
      assert.deepEqual(await states(rig), ["1 applied"]);
      assert.deepEqual(
        rig.changes.map((change) => (change.kind === "command" ? change.command.state : change.kind)),
        ["pending", "sent", "diagnostics", "applied"],
      );
    }),
  );

  it(
    "are done one after the other, and a refusal tells why",
    withIngest(async (rig) => {
      for (const command of [IDENTIFY, REBOOT]) await rig.commands.queue(BOARD.boardId, command, "anna");
      assert.equal((await ask(rig)).command?.id, 1);
      const refused = health({ commandId: 1, commandResult: 1, commandReason: "no LED" });
      assert.deepEqual((await ask(rig, refused)).command, { id: 2, command: REBOOT });
      assert.deepEqual(await states(rig), ["2 sent", "1 refused no LED"]);
      // Sealed before the second one came: says nothing of it.
      assert.equal((await ask(rig, refused)).command?.id, 2);
      await ask(rig, health({ commandId: 2 }));
      assert.deepEqual(await states(rig), ["2 applied", "1 refused no LED"]);
    }),
  );

  it(
    "go on after a restart under ascending numbers, above all that the board ever reported",
    withIngest(async (rig) => {
      await rig.commands.queue(BOARD.boardId, IDENTIFY, "anna");
      await ask(rig);
      await rig.commands.queue(BOARD.boardId, REBOOT, "anna");
      await rig.restart();
      assert.equal((await ask(rig)).command?.id, 1);
      // A store from a backup: the board has done more than it knows of.
      await ask(rig, health({ commandId: 41 }));
      assert.deepEqual(await states(rig), ["2 expired the board did command 41 instead", "1 expired the board did command 41 instead"]);
      assert.equal((await rig.commands.queue(BOARD.boardId, IDENTIFY, "anna")).commandId, 42);
      assert.equal((await rig.commands.queue(NEIGHBOUR.boardId, IDENTIFY, "anna")).commandId, 1);
    }),
  );

  it(
    "expire after an hour when they were never sent, or never answered",
    withIngest(async (rig) => {
      await rig.commands.queue(BOARD.boardId, IDENTIFY, "anna");
      rig.clock.utcMs += HOUR_MS;
      assert.equal((await ask(rig)).command?.id, 1);
      await rig.commands.queue(BOARD.boardId, REBOOT, "anna");
      rig.clock.utcMs += HOUR_MS + 1;
      assert.equal((await ask(rig)).command, undefined);
      assert.deepEqual(await states(rig), [
        "2 expired the board did not come within an hour",
        "1 expired the board did not answer within an hour",
      ]);
    }),
  );

  it(
    "that override one another do not wait for one another",
    withIngest(async (rig) => {
      await rig.commands.queue(BOARD.boardId, override(1), "anna");
      await rig.commands.queue(BOARD.boardId, IDENTIFY, "anna");
      await ask(rig);
      await rig.commands.queue(BOARD.boardId, override(2), "ben");
      assert.equal((await ask(rig)).command?.id, 2);
      assert.deepEqual(await states(rig), ["3 pending", "2 sent", "1 expired command 3 took its place"]);
    }),
  );

  it(
    "that no board could be told are refused, and so are too many",
    withIngest(async ({ commands }) => {
      for (const command of [
        { kind: "identify", durationMs: 0.5 },
        { kind: "identify", durationMs: -1 },
        { kind: "calibration", channel: 99, calibration: { offset: 0, gain: 1 } },
        { kind: "calibration", channel: 0, calibration: { offset: NaN, gain: 1 } },
      ] as const) {
        await assert.rejects(commands.queue(BOARD.boardId, command, "anna"), /no board can be told this .*: give whole numbers/);
      }
      for (let i = 0; i < 16; i++) await commands.queue(BOARD.boardId, IDENTIFY, "anna");
      await assert.rejects(commands.queue(BOARD.boardId, IDENTIFY, "anna"), /16 commands wait/);
      await assert.rejects(commands.queue("00000000beef", IDENTIFY, "anna"), /FOREIGN KEY/);
    }),
  );
});

describe("diagnostics", () => {
  it(
    "are kept before they are acknowledged, newest first, and the newest is at hand after a restart",
    withIngest(async (rig) => {
      assert.equal(rig.commands.health(BOARD.boardId), null);
      for (const queueFine of [1, 2]) {
        const ack = await ask(rig, health({ queueFine }));
        assert.deepEqual([ack.stream, ack.boot, ack.sequence], [2, 1, 0]);
      }
      const expected = { boardId: BOARD.boardId, receivedUtcMs: START_MS, ...health({ queueFine: 2 }) };
      assert.deepEqual(rig.commands.health(BOARD.boardId), expected);
      await rig.restart();
      assert.deepEqual(rig.commands.health(BOARD.boardId), expected);
      assert.deepEqual((await rig.commands.history(BOARD.boardId, { limit: 9 })).map(({ queueFine }) => queueFine), [2, 1]);
      assert.deepEqual(await rig.store.readings({ limit: 1 }), []);
    }),
  );

  it(
    "are under the replay window like any frame, and a repeated one is kept once",
    withIngest(async (rig) => {
      const message = { boot: 9, number: 1 };
      const sealed = BOARD.seal(message, encodeDiagnostics(health()));
      for (const _ of [1, 2]) assert.ok("ack" in (await rig.ingest.accept(sealed)));
      assert.ok("ack" in (await rig.ingest.accept(BOARD.frame({ boot: 9, number: 2 }))));
      assert.deepEqual(await rig.ingest.accept(sealed), { refusal: "replayed" });
      assert.equal((await rig.commands.history(BOARD.boardId, { limit: 9 })).length, 1);
    }),
  );

  it(
    "of a board are bounded: the oldest give way",
    withIngest(async ({ store }) => {
      for (let frameNumber = 0; frameNumber < 7; frameNumber++) {
        await store.addDiagnostics({ ...health(), boardId: BOARD.boardId, receivedUtcMs: frameNumber, frameBoot: 1, frameNumber }, 3);
      }
      assert.deepEqual((await store.diagnostics(BOARD.boardId, 9)).map(({ receivedUtcMs }) => receivedUtcMs), [6, 5, 4]);
      assert.deepEqual((await store.latestDiagnostics()).map(({ receivedUtcMs }) => receivedUtcMs), [6]);
    }),
  );
});
