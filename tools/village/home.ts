/**
 * One home of the village: its folder, its admission to the community, its gateway's process and its board's process.
 * @module
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { BaseWallet } from "ethers";
import { admitHome } from "#chain/admit.ts";
import { replaceFile } from "#chain/files.ts";
import type { Deployment } from "#chain/record.ts";
import type { Settings } from "#firmware/core/settings.ts";
import { SECRET_BYTES } from "#firmware/wire/keys.ts";
import { ensureAccount } from "#gateway/auth/accounts.ts";
import { createClock } from "#gateway/clock.ts";
import type { ClockSetting } from "#gateway/clock.ts";
import { writeGatewayConfig } from "#gateway/config.ts";
import type { GatewayConfig } from "#gateway/config.ts";
import { ensureBoardsKey } from "#gateway/auth/boards-key.ts";
import { admitBoard, ensureKeystore, gatewayPaths } from "#gateway/setup.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import type { FromBoard, ToBoard } from "#tools/virtual-board/messages.ts";
import { startChild } from "./child.ts";
import type { Child } from "./child.ts";
import { boardSettings, DEMO_READING_MS, DEMO_SLOT_MS, POLICY } from "./homes.ts";
import type { HomePlan } from "./homes.ts";

const DAISEE = new URL("../daisee.mjs", import.meta.url);
const VIRTUAL_BOARD = new URL("../virtual-board/main.mjs", import.meta.url);

/** Of each home: no secret, since the demo is on the loopback and its energy is made up. */
export const DEMO_ACCOUNT = { name: "demo", password: "daisee-demo" };

/** What the homes of a village share. */
export interface Community {
  rpcUrl: string;
  deployment: Deployment;
  deploymentPath: string;
  finalityDepth: number;
  /** Holds the community's roles. */
  key: BaseWallet;
  clock: ClockSetting;
}

export interface HomeOptions {
  home: PreparedHome;
  /** Its number in the registry. */
  node: number;
  community: Community;
  /** Of the dashboard; 0 for a free one. The boards' UDP port has the same number where that is given. */
  httpPort: number;
  bundlePath: string;
  /** Of the board's converter. */
  seed: number;
  calibration: Settings["calibration"];
  onBoardMessage: (message: FromBoard) => void;
  onCrash: (error: Error) => void;
}

export interface Home {
  plan: HomePlan;
  /** The node's number in the registry. */
  node: number;
  dashboard: string;
  gatewayPid(): number;
  boardPid(): number;
  sendToBoard(message: ToBoard): void;
  /** SIGKILL, as a power cut at the gateway. */
  killGateway(): Promise<void>;
  startGateway(): Promise<void>;
  stop(): Promise<void>;
}

interface GatewayReady {
  type: "ready";
  httpPort: number;
  coapPort: number;
}

/** The board's secret, made at the first start. It lies in the board's own flash, as it does on a real one. */
async function ensureSecret(storageDir: string): Promise<Uint8Array> {
  const path = join(storageDir, "daisee.key");
  await mkdir(storageDir, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) await writeFile(path, randomBytes(SECRET_BYTES), { mode: 0o600 });
  return readFile(path);
}

/** A home that is set up on this machine, not yet known to the community. */
export interface PreparedHome {
  plan: HomePlan;
  /** The home's own folder: `gateway/` and `board/` in it. */
  path: string;
  key: BaseWallet;
}

/** Makes the home's key and its board's secret, and admits the board to the gateway; what is there stays as it is. */
export async function prepareHome(plan: HomePlan, path: string, scryptN?: number): Promise<PreparedHome> {
  const paths = gatewayPaths(join(path, "gateway"));
  const key = await ensureKeystore(paths.keystore, scryptN === undefined ? {} : { scryptN });
  const boardsKey = await ensureBoardsKey(paths.boardsKey, undefined);
  const secret = await ensureSecret(join(path, "board", "storage"));
  const store = await openSqliteStore(paths.store);
  try {
    const { boardId, name, role, meters } = plan;
    const known = (await store.boards()).find((board) => board.boardId === boardId);
    const admittedUtcMs = known?.admittedUtcMs ?? Date.now();
    await admitBoard(store, boardsKey, { boardId, name: `${name}'s board`, role, meters, admittedUtcMs }, secret);
    await ensureAccount({ store, clock: createClock(), random: randomBytes }, { ...DEMO_ACCOUNT, role: "owner" });
  } finally {
    await store.close();
  }
  return { plan, path, key };
}

/** Admits the home and its meters to the community; one home at a time. @returns the node's number. */
export function joinCommunity({ plan, key }: PreparedHome, community: Community): Promise<number> {
  return admitHome({
    rpcUrl: community.rpcUrl,
    deployment: community.deployment,
    registrar: community.key,
    account: key.address,
    gatewayKey: key.address,
    meters: plan.meters.map((meter) => ({ boardId: plan.boardId, ...meter })),
  });
}

function gatewayConfig({ home: { plan, path }, node, community, httpPort }: HomeOptions): GatewayConfig {
  return {
    version: 1,
    node: { id: node, name: plan.name, role: plan.role },
    http: { host: "127.0.0.1", port: httpPort },
    access: { mode: "demo" },
    coap: { host: "127.0.0.1", port: httpPort },
    chain: { rpcUrl: community.rpcUrl, deploymentPath: relative(join(path, "gateway"), community.deploymentPath), finalityDepth: community.finalityDepth },
    slotMs: DEMO_SLOT_MS,
    boards: [
      {
        boardId: plan.boardId,
        readingMs: DEMO_READING_MS,
        policy: POLICY,
      },
    ],
    clock: community.clock,
  };
}

/** Starts the home's gateway and its board. */
export async function startHome(options: HomeOptions): Promise<Home> {
  const { bundlePath, community, seed, onBoardMessage, onCrash } = options;
  const { plan, path } = options.home;
  const dataDir = join(path, "gateway");
  const boardDir = join(path, "board");
  const config = gatewayConfig(options);

  const startGateway = async (): Promise<Child> => {
    await writeGatewayConfig(dataDir, config);
    const { child, ready } = await startChild<GatewayReady, GatewayReady>(
      { name: `${plan.name}'s gateway`, script: DAISEE, arguments: ["gateway", "--data", dataDir, "--log-level", "warn"], onCrash },
      (message): message is GatewayReady => message.type === "ready",
    );
    // A restart must come back where the board and the browser look for it.
    config.http.port = ready.httpPort;
    config.coap.port = ready.coapPort;
    return child;
  };

  let gateway = await startGateway();
  try {
    const settings = boardSettings(plan, { host: "127.0.0.1", port: config.coap.port }, options.calibration);
    await replaceFile(join(boardDir, "storage", "daisee.json"), JSON.stringify(settings));
    const start: ToBoard = { type: "start", options: { dir: boardDir, bundlePath, clock: community.clock, seed } };
    const { child: board } = await startChild<FromBoard, FromBoard>(
      { name: `${plan.name}'s board`, script: VIRTUAL_BOARD, onMessage: onBoardMessage, onCrash },
      (message): message is FromBoard => message.type === "ready",
      start,
    );
    return {
      plan,
      node: options.node,
      dashboard: `http://127.0.0.1:${config.http.port}/`,
      gatewayPid: () => gateway.pid,
      boardPid: () => board.pid,
      sendToBoard: (message) => board.send(message),
      killGateway: () => gateway.kill(),
      startGateway: async () => {
        gateway = await startGateway();
      },
      stop: async () => {
        await Promise.all([board.stop(), gateway.stop()]);
      },
    };
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}
