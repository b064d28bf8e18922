/**
 * The demo village: a chain, two homes with a gateway and a board each, and the physics between them.
 * @module
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deployContracts } from "#chain/deploy.ts";
import { replaceFile } from "#chain/files.ts";
import { finalityDepth } from "#chain/finality.ts";
import { startLocalChain } from "#chain/local.ts";
import type { LocalChain } from "#chain/local.ts";
import type { Deployment } from "#chain/record.ts";
import { savedTimes } from "#chain/state.ts";
import { createClock } from "#gateway/clock.ts";
import { ensureKeystore } from "#gateway/setup.ts";
import type { FromBoard } from "#tools/virtual-board/messages.ts";
import { openVillageFolder } from "./folder.ts";
import { joinCommunity, prepareHome, startHome } from "./home.ts";
import type { Community, Home } from "./home.ts";
import { DEMO_SLOT_MS, HOMES } from "./homes.ts";
import { readStoppedUtcMs, villageClockSetting } from "./time.ts";
import { DEMO_TERMS, fundHomes, placeOrders } from "./trade.ts";
import type { JoinedHome } from "./trade.ts";
import { startPhysics } from "./physics.ts";
import type { Physics } from "./physics.ts";

/** Real seconds between blocks. */
const BLOCK_PERIOD_SECONDS = 1;
/** Real ms between two saves of what is not saved by its owner: the physics and the time. */
const SAVE_INTERVAL_MS = 5000;
const BUNDLE = fileURLToPath(new URL("../../firmware/dist/board.js", import.meta.url));

export interface VillageOptions {
  /** Folder for everything that the village keeps. */
  path: string;
  /** Empties the folder first. */
  fresh: boolean;
  /** Times real time. */
  speed: number;
  /** Of the first home's dashboard, the second one's is the next; 0 for free ones. */
  httpPort: number;
  /** Of the chain; with validators, of the first one. 0 for a free one. */
  chainPort: number;
  /** geth's program, where the chain is to be three of its validators; anvil keeps it otherwise, and at any speed but 1. */
  geth?: string | null;
  /** A chain that runs already, and goes on when the village stops. */
  chain?: LocalChain;
  seed: number;
  /** Cost of the keystores; lower only in tests. */
  scryptN?: number;
  /** Told of each step that is done. */
  onStep: (step: string) => void;
  onBoardMessage?: (home: Home["plan"]["key"], message: FromBoard) => void;
  /** Something failed that is tried again. */
  onWarning: (warning: string) => void;
  /** A part ended by itself: the village is to be stopped. */
  onCrash: (error: Error) => void;
}

export interface Village {
  rpcUrl: string;
  deployment: Deployment;
  deploymentPath: string;
  /** Consumer, producer. */
  homes: Home[];
  physics: Physics;
  /** Process ids of all that was started. */
  pids(): number[];
  stop(): Promise<void>;
}

/** Starts the village, or goes on with the one in the folder. Stops what it started when it throws. */
export async function startVillage(options: VillageOptions): Promise<Village> {
  const { speed, seed, scryptN, onStep, onCrash } = options;
  const folder = await openVillageFolder(options.path, options.fresh);
  // What was started, to be stopped in reverse order.
  const started: (() => Promise<void>)[] = [() => folder.release()];
  const stop = async (): Promise<void> => {
    const failures: unknown[] = [];
    // One that fails to stop must not keep the others running.
    for (const end of started.splice(0).toReversed()) await end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const timePath = folder.at("stopped-utc-ms");
    const statePath = folder.at("chain", "state.json");
    // The chain is stopped after the time was saved, and a kill saves neither: the later of both counts.
    const stoppedUtcMs = Math.max((await readStoppedUtcMs(timePath)) ?? 0, (await savedTimes(statePath))?.headUtcMs ?? 0);
    const clockSetting = villageClockSetting(Date.now(), stoppedUtcMs, speed);
    const clock = createClock(clockSetting);

    await mkdir(folder.at("chain"), { recursive: true });
    // Keys take the longest, and need no chain.
    const preparing = Promise.all(HOMES.map((plan) => prepareHome(plan, folder.at(plan.key), scryptN)));
    // Looked at below; until then a failure is nobody's unhandled rejection.
    preparing.catch(() => undefined);
    const chain =
      options.chain ??
      (await startLocalChain({
        path: folder.at("chain"),
        periodSeconds: BLOCK_PERIOD_SECONDS,
        geth: options.geth ?? null,
        port: options.chainPort,
        clock,
        realTime: speed === 1 && clockSetting.utcOriginMs === clockSetting.realOriginMs,
        onExit: (how) => onCrash(new Error(`The chain ended: ${how}`)),
        // A block that fails is tried again: the next failure tells, if it is to last.
        onWarning: (warning) => options.onWarning(`The chain: ${warning}`),
      }));
    if (options.chain === undefined) started.push(() => chain.stop());
    const { description } = chain;
    const [rpcUrl = ""] = chain.rpcUrls;
    onStep(`Chain: ${chain.title}, a block every ${description.periodSeconds} s`);

    const community = await ensureKeystore(
      { path: folder.at("chain", "community", "keystore.json"), passwordPath: folder.at("chain", "community", "password") },
      scryptN === undefined ? {} : { scryptN },
    );
    const deploymentPath = folder.at("chain", "deployment.json");
    const deployment = await deployContracts({
      rpcUrl,
      chainId: description.chainId,
      deployer: community,
      community: community.address,
      slotSeconds: DEMO_SLOT_MS / 1000,
      terms: DEMO_TERMS,
      recordPath: deploymentPath,
    });
    const names = Object.entries(deployment.contracts).map(([name, { address }]) => `${name.charAt(0).toUpperCase()}${name.slice(1)} ${address}`);
    onStep(`Contracts: ${names.join(", ")}`);

    const physics = await startPhysics({ seed, clock, speed, statePath: folder.at("world.json"), saveIntervalMs: SAVE_INTERVAL_MS, onError: onCrash });
    started.push(() => physics.stop());
    const saveTime = (): Promise<void> => replaceFile(timePath, String(clock.nowMs()));
    // One after the other: two at once would take the half-written file from each other.
    let saved = Promise.resolve();
    const saving = setInterval(() => {
      saved = saved.then(saveTime).catch(onCrash);
    }, SAVE_INTERVAL_MS);
    started.push(async () => {
      clearInterval(saving);
      await saved;
      await saveTime();
    });

    const shared: Community = { rpcUrl, deployment, deploymentPath, finalityDepth: finalityDepth(description.engine, description.authorities.length), key: community, clock: clockSetting };
    const joined: JoinedHome[] = [];
    for (const home of await preparing) {
      const node = await joinCommunity(home, shared);
      joined.push({ home, node });
      onStep(`${home.plan.name} (${home.plan.role}) is node ${node} of the community, its ${home.plan.meters.length} meters are admitted`);
    }
    const funding = fundHomes(joined, shared);
    // Looked at below; until then a failure is nobody's unhandled rejection.
    funding.catch(() => undefined);
    const starting = joined.map(async ({ home, node }, index) => {
      const { key } = home.plan;
      const running = await startHome({
        home,
        node,
        // Each home asks its own node, as far as there are.
        community: { ...shared, rpcUrl: chain.rpcUrls[index % chain.rpcUrls.length] ?? rpcUrl },
        httpPort: options.httpPort === 0 ? 0 : options.httpPort + index,
        bundlePath: BUNDLE,
        seed: seed + index,
        calibration: physics.calibrate(key, seed + index),
        onBoardMessage: (message) => {
          if (message.type === "pin") physics.setPin(key, message.pin, message.value);
          options.onBoardMessage?.(key, message);
        },
        onCrash,
      });
      started.push(() => running.stop());
      physics.connect(key, (volts) => running.sendToBoard({ type: "analog", volts }));
      onStep(`${home.plan.name}: gateway and board run, dashboard ${running.dashboard}`);
      return running;
    });
    // All of them, so that what did start is stopped when another one fails.
    const homes: Home[] = [];
    for (const result of await Promise.allSettled(starting)) {
      if (result.status === "rejected") throw result.reason;
      homes.push(result.value);
    }
    await funding;
    await placeOrders(homes);
    onStep("Each home has coins and has placed its standing order");

    return {
      rpcUrl,
      deployment,
      deploymentPath,
      homes,
      physics,
      pids: () => [...chain.pids(), ...homes.flatMap((home) => [home.gatewayPid(), home.boardPid()])],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
