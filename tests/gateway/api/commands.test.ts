import assert from "node:assert/strict";
import sinon from "sinon";
import { COMMAND_RESULT } from "#firmware/wire/commands.ts";
import { boardCommand, boardCommandList, boardSettingsView, diagnostics, policyState } from "#gateway/api/schemas/commands.ts";
import { boardChange, nextBoot } from "#gateway/api/schemas/boards.ts";
import { board } from "#gateway/api/schemas/node.ts";
import { createCommands } from "#gateway/ingest/commands.ts";
import type { Commands } from "#gateway/ingest/commands.ts";
import { createTestClock } from "./clock.ts";
import { BOARD, POLICY } from "./home.ts";
import { createHousehold } from "./household.ts";
import type { Household } from "./household.ts";

const HEALTH = {
  boardId: BOARD,
  uptimeMs: 600_000,
  firmware: "0.3.0",
  resetCause: 1,
  failedStarts: 0,
  safeMode: false,
  freeVariables: 900,
  usedVariables: 1600,
  queueFine: 0,
  queueCoarse: 0,
  refused: 0,
  retransmitted: 2,
  slowestTurnMs: 31,
  rssiDbm: -61,
  channels: [{ value: -1650, raw: 30_211, noise: 41 }],
  commandReason: "",
};

describe("boards, asked over the API", () => {
  const clock = createTestClock();
  let home: Household;
  let commands: Commands;
  const admit = sinon.stub();
  before(async () => {
    home = await createHousehold(clock, "accounts", (over) => ({
      commands: {
        queue: (...parameters) => commands.queue(...parameters),
        list: (...parameters) => commands.list(...parameters),
        health: (id) => commands.health(id),
      },
      admission: {
        async admit(wanted, secret) {
          admit(secret.length);
          await over.store.admitBoard({ ...wanted, wrappedSecret: new Uint8Array(60) });
        },
      },
    }));
    commands = await createCommands({
      store: home.store,
      clock,
      log: { error: assert.fail },
      onChange: (change) => {
        if (change.kind === "command" && change.command.state === "applied")
          void home.options.settings.applied(BOARD, change.command.command);
      },
    });
  });
  after(() => home.close());

  let frames = 0;
  /** The board does the command that waits, as its diagnostics then say. */
  async function boardDoes(commandResult: 0 | 1 = COMMAND_RESULT.applied, commandReason = ""): Promise<void> {
    const next = commands.next(BOARD);
    assert.ok(next !== null);
    await commands.report({
      ...HEALTH,
      receivedUtcMs: clock.nowMs(),
      commandId: next.id,
      commandResult,
      commandReason,
      frameBoot: 3,
      frameNumber: ++frames,
    });
  }

  const path = (rest: string) => `/boards/${BOARD}${rest}`;

  it("show a changed limit as pending until the board took it, and then as the policy", async () => {
    const state = async () => policyState.parse(await (await home.ask("guest", "GET", path("/policy"))).json());
    const etag = (await home.ask("member", "GET", path("/policy"))).headers.get("etag") ?? "";
    const policy = { ...POLICY, lowPermille: 300 };
    const asked = await home.ask("member", "PUT", path("/policy"), policy, { "If-Match": etag });
    assert.equal(asked.status, 202);
    const command = boardCommand.parse(await asked.json());
    assert.deepEqual([command.state, command.by], ["pending", "member"]);
    assert.deepEqual(await state(), { policy: POLICY, pending: command });
    // Somebody who has not seen that change is told so.
    assert.equal((await home.ask("owner", "PUT", path("/policy"), policy, { "If-Match": etag })).status, 412);
    await boardDoes();
    assert.deepEqual(await state(), { policy, pending: null });
    const shown = board.parse(await (await home.ask("guest", "GET", path(""))).json());
    assert.deepEqual(shown.policy, policy);
    assert.deepEqual(boardSettingsView.parse(await (await home.ask("guest", "GET", path("/settings"))).json()), {
      boardId: BOARD,
      readingMs: 1000,
      policy,
      pending: [],
    });
  });

  it("keep the old policy when the board refuses the new one, and tell its reason", async () => {
    const before = policyState.parse(await (await home.ask("guest", "GET", path("/policy"))).json());
    const asked = boardCommand.parse(
      await (await home.ask("token control", "PUT", path("/policy"), { ...POLICY, tripMa: 1 }, { "If-Match": "*" })).json(),
    );
    await boardDoes(COMMAND_RESULT.refused, "policy.tripMa");
    const done = boardCommand.parse(await (await home.ask("guest", "GET", path(`/commands/${asked.commandId}`))).json());
    assert.deepEqual([done.state, done.reason], ["refused", "policy.tripMa"]);
    assert.deepEqual(policyState.parse(await (await home.ask("guest", "GET", path("/policy"))).json()), before);
  });

  it("refuse a policy that would switch to and fro, and a source that the board does not have", async () => {
    assert.equal(
      (await home.ask("member", "PUT", path("/policy"), { ...POLICY, highPermille: POLICY.lowPermille }, { "If-Match": "*" })).status,
      400,
    );
    const wrong = await home.ask("member", "POST", path("/override"), { source: "give", durationMs: 60_000 });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /own, bus, off/);
  });

  it("are asked to hold a source, to stop that, to blink, to report, to be calibrated and to restart", async () => {
    const asked: unknown[] = [];
    const ask = async (who: "member" | "owner", method: string, rest: string, body?: unknown) => {
      const response = await home.ask(who, method, path(rest), body);
      assert.equal(response.status, 202, rest);
      asked.push(boardCommand.parse(await response.json()).command);
      await boardDoes();
    };
    await ask("member", "POST", "/override", { source: "bus", durationMs: 60_000 });
    await ask("member", "DELETE", "/override");
    await ask("member", "POST", "/identify", {});
    await ask("member", "POST", "/diagnostics");
    await ask("owner", "PUT", "/calibration/2", { offset: -12.5, gain: 1.02 });
    await ask("owner", "POST", "/reboot");
    assert.deepEqual(asked, [
      { kind: "override", source: "bus", durationMs: 60_000 },
      { kind: "override", source: "off", durationMs: 0 },
      { kind: "identify", durationMs: 10_000 },
      { kind: "diagnostics" },
      { kind: "calibration", channel: 2, calibration: { offset: -12.5, gain: 1.02 } },
      { kind: "reboot" },
    ]);
    const listed = boardCommandList.parse(await (await home.ask("guest", "GET", path("/commands?limit=6"))).json()).items;
    assert.deepEqual(
      listed.map(({ state }) => state),
      Array.from({ length: 6 }, () => "applied"),
    );
    assert.deepEqual((await home.store.audit({ limit: 1 }))[0]?.action, "board.reboot");
  });

  it("show what they last told of their health", async () => {
    const shown = diagnostics.parse(await (await home.ask("guest", "GET", path("/diagnostics"))).json());
    const { commandReason: _, ...health } = HEALTH;
    assert.deepEqual(shown, { ...health, receivedUtcMs: clock.nowMs() });
    await home.store.admitBoard({ boardId: "24a160000009", name: "Silent", role: "consumer", meters: [], wrappedSecret: new Uint8Array(60), admittedUtcMs: 0 });
    const silent = await home.ask("guest", "GET", "/boards/24a160000009/diagnostics");
    assert.deepEqual([silent.status, await silent.json()], [200, null]);
  });

  it("take so many commands and say then what to do", async () => {
    let status = 202;
    let text = "";
    for (let i = 0; i < 40 && status === 202; i++) {
      const response = await home.ask("member", "POST", path("/identify"), {});
      ({ status } = response);
      text = await response.text();
    }
    assert.equal(status, 409);
    assert.match(text, /wait until it has answered/);
  });

  it("are admitted once, with a secret that nobody sees again, and renamed", async () => {
    const meters = [{ meter: 0, kind: "load", name: "Kitchen", ratedPowerW: 3000 }];
    const wanted = {
      boardId: "24a160000002",
      name: "Cellar",
      role: "consumer",
      meters,
      secret: "5e".repeat(32),
      readingMs: 10_000,
      policy: POLICY,
    };
    const admitted = await home.ask("owner", "POST", "/boards", wanted);
    assert.equal(admitted.status, 201);
    const shown = board.parse(await admitted.json());
    assert.deepEqual([shown.name, shown.policy, shown.silentAfterMs], ["Cellar", POLICY, 50_000]);
    sinon.assert.calledOnceWithExactly(admit, 32);
    assert.equal((await home.ask("owner", "POST", "/boards", wanted)).status, 409);
    assert.ok(!JSON.stringify(await home.store.audit({ limit: 100 })).includes("5e5e"));

    const description = "/boards/24a160000002/description";
    const etag = (await home.ask("guest", "GET", description)).headers.get("etag") ?? "";
    const change = { name: "Basement", meters: [{ ...meters[0], name: "Kitchen line" }] };
    assert.equal((await home.ask("owner", "PUT", "/boards/24a160000002", change)).status, 428);
    const renamed = await home.ask("owner", "PUT", "/boards/24a160000002", change, { "If-Match": etag });
    assert.deepEqual(boardChange.parse(await renamed.json()), change);
    assert.equal(renamed.headers.get("etag"), (await home.ask("guest", "GET", description)).headers.get("etag"));
  });

  it("get a new secret when they are flashed again, and count their starts from above all that the gateway knows", async () => {
    admit.resetHistory();
    const answer = await home.ask("owner", "PUT", `/boards/${BOARD}/secret`, { secret: "ab".repeat(32) });
    assert.equal(answer.status, 200);
    const { frameBoot } = (await home.store.progress()).find(({ boardId }) => boardId === BOARD) ?? { frameBoot: 0 };
    assert.deepEqual(nextBoot.parse(await answer.json()), { firstBoot: frameBoot + 1 });
    sinon.assert.calledOnceWithExactly(admit, 32);
    assert.equal((await home.ask("owner", "PUT", `/boards/${BOARD}/secret`, { secret: "ab" })).status, 400);
    assert.equal((await home.ask("owner", "PUT", "/boards/02da15ee00ff/secret", { secret: "ab".repeat(32) })).status, 404);
  });

  it("that are not admitted are asked nothing", async () => {
    for (const [method, rest] of [
      ["GET", "/policy"],
      ["POST", "/identify"],
      ["GET", "/commands"],
      ["POST", "/reboot"],
    ] as const) {
      assert.equal(
        (await home.ask("owner", method, `/boards/000000000000${rest}`, method === "POST" && rest === "/identify" ? {} : undefined)).status,
        404,
        rest,
      );
    }
  });
});
