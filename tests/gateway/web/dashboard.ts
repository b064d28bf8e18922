/**
 * A gateway with its dashboard and a browser in front of it, for the tests of one page: a real store, real sessions, real commands.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { COMMAND_RESULT } from "#firmware/wire/commands.ts";
import type { NumberedCommand } from "#firmware/wire/commands.ts";
import { STREAM } from "#firmware/wire/records.ts";
import type { BoardRecord } from "#firmware/wire/records.ts";
import { createApp } from "#gateway/api/app.ts";
import type { AppOptions } from "#gateway/api/app.ts";
import { createLive } from "#gateway/api/live.ts";
import { listenHttp } from "#gateway/api/server.ts";
import type { HttpServer } from "#gateway/api/server.ts";
import { createAccess } from "#gateway/auth/access.ts";
import type { AccessMode } from "#gateway/auth/access.ts";
import { createClock } from "#gateway/clock.ts";
import { createCommands } from "#gateway/ingest/commands.ts";
import type { Commands } from "#gateway/ingest/commands.ts";
import { buildWeb } from "#gateway/web/build.ts";
import type { WebBuild } from "#gateway/web/build.ts";
import { BOARD, BOOT, createHome, NEIGHBOURS } from "../api/home.ts";
import type { Home } from "../api/home.ts";
import { openBrowser, openPage } from "./browser.ts";
import type { WatchedPage } from "./browser.ts";
import { createExchange } from "./exchange.ts";

export const ACCOUNT = { name: "Mira", password: "wind over the roof" };

export interface Dashboard {
  home: Home;
  commands: Commands;
  exchange: ReturnType<typeof createExchange>;
  web: WebBuild;
  /** The code with which the first account is made; null when there is one. */
  setupCode: string | null;
  origin(): string;
  /** Opens `hash` ("#/history") in a tab of its own, with a log of all that must not happen. */
  open(hash: string): Promise<WatchedPage>;
  /** Logs in over the page's own dialog. */
  logIn(page: Page): Promise<void>;
  /** The board takes the command that waits, as by its next frame; null when none waits. */
  boardAsks(): NumberedCommand | null;
  /** The board says what became of it, and what its channels show. */
  boardReports(commandId: number, refusal?: string, moreOnChannel0?: number): Promise<void>;
  /** Gives the board a past: a boot that ended an hour ago, with readings for so many hours. */
  addPast(hours: number, stepMinutes?: number): Promise<void>;
  stopGateway(): Promise<void>;
  /** Starts the gateway again at the same port, as after a restart. */
  startGateway(): Promise<void>;
  close(): Promise<void>;
}

/** Records that are committed together. */
const FRAME_RECORDS = 2000;

/** What the board tells of itself. */
const HEALTH = {
  boardId: BOARD,
  uptimeMs: 600_000,
  firmware: "0.3.0",
  resetCause: 1,
  failedStarts: 0,
  safeMode: false,
  freeVariables: 900,
  usedVariables: 1600,
  queueFine: 3,
  queueCoarse: 0,
  refused: 0,
  retransmitted: 2,
  slowestTurnMs: 31,
  rssiDbm: -61,
  channels: [
    { value: 12_380, raw: 41_002, noise: 22 },
    { value: -1650, raw: 30_211, noise: 41 },
    { value: null, raw: 0, noise: 0 },
  ],
};

/** A reading of each meter in every step: the battery gives by day, the bus by night. */
function past(steps: number, stepMinutes: number): BoardRecord[] {
  const counters = [
    { importMwh: 0, exportMwh: 0 },
    { importMwh: 0, exportMwh: 0 },
  ];
  return Array.from({ length: steps }, (_, step) =>
    counters.map((before, meter): BoardRecord => {
      const minute = step * stepMinutes;
      const isBattery = Math.floor(minute / 360) % 2 === 0;
      const powerMw = Math.round(20_000 + 15_000 * Math.sin(minute / 60));
      const energyMwh = Math.round((powerMw * stepMinutes) / 60);
      if (meter === 0 && isBattery) before.exportMwh += energyMwh;
      if (meter === 1 && !isBattery) before.importMwh += energyMwh;
      const currentMa = Math.round((meter === 0 ? (isBattery ? -1 : 0) : isBattery ? 0 : 1) * (powerMw / 12));
      const current = { currentMa, minCurrentMa: currentMa, maxCurrentMa: currentMa, voltageMv: 12_000 };
      const charge = meter === 0 ? { chargePermille: 500 } : {};
      return { kind: "reading", meter, uptimeMs: (minute + stepMinutes) * 60_000, ...current, ...before, relays: isBattery ? 1 : 2, flags: 0, ...charge };
    }),
  ).flat();
}

export interface DashboardOptions {
  mode?: AccessMode;
  /** Without one the page is the set-up wizard. */
  withAccount?: boolean;
}

/** @param executable path of a Chromium, as `findChromium` gives it. */
export async function openDashboard(executable: string, options: DashboardOptions = {}): Promise<Dashboard> {
  const { mode = "demo", withAccount = true } = options;
  const clock = createClock();
  const webDir = await mkdtemp(join(tmpdir(), "daisee-web-"));
  const [web, browser, home] = await Promise.all([
    buildWeb(webDir),
    openBrowser(executable, { viewport: { width: 1280, height: 900 } }),
    createHome(clock),
  ]);
  home.setNeighbours(NEIGHBOURS);
  const access = await createAccess({ store: home.store, clock, random: randomBytes, mode });
  if (withAccount) await access.accounts.add({ ...ACCOUNT, role: "owner" });

  let { live } = home.options;
  const commands = await createCommands({
    store: home.store,
    clock,
    log: { error: (details: unknown) => home.errors.push(details) },
    onChange(change) {
      if (change.kind === "diagnostics") live.publish({ type: "diagnostics", diagnostics: change.diagnostics });
      else {
        live.publish({ type: "command", command: change.command });
        if (change.command.state === "applied") void home.options.settings.applied(change.command.boardId, change.command.command);
      }
    },
  });
  const admission: NonNullable<AppOptions["admission"]> = {
    admit: (board) => home.store.admitBoard({ ...board, wrappedSecret: new Uint8Array(60) }),
  };

  const exchange = createExchange(() => clock.nowMs(), (order) => live.publish({ type: "order", order }));

  let runs = 0;
  let server: HttpServer;
  let port = 0;
  async function startGateway(): Promise<void> {
    live = createLive({ epoch: `run${++runs}` });
    home.options.live = live;
    const { orders, settlements } = exchange;
    const app = createApp({ ...home.options, access, commands, admission, webDir, orders, settlements, exchange: exchange.exchange });
    server = await listenHttp({ app, host: "127.0.0.1", port });
    ({ port } = server);
  }
  await startGateway();
  const origin = () => `http://127.0.0.1:${port}`;

  let frames = 1000;
  const dashboard: Dashboard = {
    home,
    commands,
    exchange,
    web,
    setupCode: access.setupCode(),
    origin,
    open: (hash) => openPage(browser, origin(), `/${hash}`),
    async logIn(page) {
      await page.getByRole("button", { name: "Log in", exact: true }).first().click();
      await page.getByLabel("Name").fill(ACCOUNT.name);
      await page.getByLabel("Password").fill(ACCOUNT.password);
      await page.getByLabel("Password").press("Enter");
      await page.getByRole("button", { name: `Log out ${ACCOUNT.name}` }).waitFor();
    },
    boardAsks: () => commands.next(BOARD),
    async boardReports(commandId, refusal, moreOnChannel0 = 0) {
      const commandResult = refusal === undefined ? COMMAND_RESULT.applied : COMMAND_RESULT.refused;
      const frame = { frameBoot: 3, frameNumber: ++frames, receivedUtcMs: clock.nowMs() };
      const channels = HEALTH.channels.map((channel, index) => (index === 0 ? { ...channel, value: 12_380 + moreOnChannel0 } : channel));
      await commands.report({ ...HEALTH, channels, ...frame, commandId, commandResult, commandReason: refusal ?? "" });
    },
    async addPast(hours, stepMinutes = 1) {
      const bootUtcMs = clock.nowMs() - (hours + 1) * 3_600_000;
      const records = past((hours * 60) / stepMinutes, stepMinutes);
      for (let sequence = 0; sequence < records.length; sequence += FRAME_RECORDS) {
        const frame = { stream: STREAM.fine, uptimeMs: hours * 3_600_000, boot: BOOT - 1, sequence, records: records.slice(sequence, sequence + FRAME_RECORDS) };
        const numbers = { frameBoot: BOOT - 1, frameNumber: 1 + sequence, frameBootUtcMs: bootUtcMs };
        await home.store.commitFrames([{ boardId: BOARD, ...numbers, receivedUtcMs: clock.nowMs(), bootUtcMs, frame }]);
      }
    },
    stopGateway: () => server.close(),
    startGateway,
    async close() {
      await browser.close();
      await server.close();
      await home.close();
      await rm(webDir, { recursive: true });
    },
  };
  // A board tells of its health when it starts.
  await dashboard.boardReports(0);
  return dashboard;
}
