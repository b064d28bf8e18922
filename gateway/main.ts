/**
 * One gateway: puts its parts together in the order in which data flows, and takes them apart in the reverse one.
 * @module
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Logger } from "pino";
import { connectChain } from "#chain/provider.ts";
import { readDeployment } from "#chain/record.ts";
import { createApp } from "#gateway/api/app.ts";
import { createKnownSettings } from "#gateway/api/board-settings.ts";
import { createLive, publishCommitted } from "#gateway/api/live.ts";
import { allowedHosts, serveHttp } from "#gateway/api/serve.ts";
import { createTradingPorts, presentTrading } from "#gateway/api/trading.ts";
import { createAccess } from "#gateway/auth/access.ts";
import { readBoardsKey } from "#gateway/auth/boards-key.ts";
import { boardSealKeys, createKeyring } from "#gateway/auth/keyring.ts";
import { createClock } from "#gateway/clock.ts";
import { readGatewayConfig } from "#gateway/config.ts";
import { listenCoap } from "#gateway/ingest/coap.ts";
import { createCommands } from "#gateway/ingest/commands.ts";
import { createHttpFrames } from "#gateway/ingest/http.ts";
import { createIngest } from "#gateway/ingest/ingest.ts";
import { createIntegrations } from "#gateway/integrations/integrations.ts";
import { createLedger } from "#gateway/ledger/ledger.ts";
import { openNodeKey } from "#gateway/ledger/node-key.ts";
import { admitBoard, gatewayPaths } from "#gateway/setup.ts";
import type { QueuedCommand } from "#gateway/store/commands.ts";
import { createKeeper } from "#gateway/store/keeper.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";

export interface RunningGateway {
  name: string;
  httpPort: number;
  coapPort: number;
  /** What the first account takes, to be shown to whoever stands at this machine; null when there is an account. */
  setupCode: string | null;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  dataDir: string;
  /** Default: `password` in the data folder. */
  passwordPath?: string;
  log: Logger;
}

/**
 * Starts the gateway of a data folder. Resolves when boards and people can reach it; the chain may be away.
 * @throws with what to do when a file is missing or wrong, or a port is taken; nothing is left running then.
 */
export async function startGateway({ dataDir, passwordPath, log }: GatewayOptions): Promise<RunningGateway> {
  const config = await readGatewayConfig(dataDir);
  const deploymentPath = resolve(dataDir, config.chain.deploymentPath);
  const deployment = await readDeployment(deploymentPath);
  if (deployment === null) throw new Error(`There is no ${deploymentPath}. Ask the community for its deployment record and put it there.`);
  const paths = gatewayPaths(dataDir);
  const credentials = process.env["CREDENTIALS_DIRECTORY"];
  const key = await openNodeKey({ ...paths.keystore, ...(passwordPath !== undefined && { passwordPath }) }, credentials);
  if (key.problem !== null) log.warn(key.problem);
  const boardsKey = await readBoardsKey(paths.boardsKey, credentials);
  const clock = createClock(config.clock);
  const { slotMs, node } = config;

  // What was started, to be stopped in reverse order.
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).toReversed()) await end();
  };
  try {
    const store = await openSqliteStore(paths.store);
    started.push(() => store.close());
    const boards = await store.boards();
    const live = createLive({ epoch: randomBytes(6).toString("hex") });
    const provider = connectChain(config.chain.rpcUrl, deployment.chainId);
    started.push(async () => provider.destroy());
    const ledger = createLedger({
      store,
      clock,
      key,
      provider,
      deployment,
      node: node.id,
      slotMs,
      finalityDepth: config.chain.finalityDepth,
      log: log.child({ part: "ledger" }),
      onChange: (change) => live.publish(change),
      trading: {
        deployment,
        newId: () => randomBytes(9).toString("base64url"),
        onChange: (change) => live.publish(presentTrading(change, slotMs)),
      },
    });
    const settings = await createKnownSettings(store, config.boards);
    let poke = (_boardId: string): void => {};
    const onCommand = (command: QueuedCommand): void => {
      if (command.state === "pending") poke(command.boardId);
      live.publish({ type: "command", command });
      if (command.state === "applied") settings.applied(command.boardId, command.command).catch((err: unknown) => log.error({ err }, "a board's settings were not kept"));
    };
    const commands = await createCommands({
      store,
      clock,
      log: log.child({ part: "commands" }),
      onChange: (change) => (change.kind === "command" ? onCommand(change.command) : live.publish({ type: "diagnostics", diagnostics: change.diagnostics })),
    });
    const ingest = await createIngest({
      store,
      commands,
      keyring: createKeyring(boards, boardsKey),
      clock,
      slotMs,
      log: log.child({ part: "ingest" }),
      onCommitted: (frames) => publishCommitted(live, frames),
    });
    const access = await createAccess({ store, clock, random: randomBytes, mode: config.access?.mode ?? "accounts" });
    const transport = { isTls: config.http.tls !== undefined, hasProxy: config.http.trustProxy ?? false };
    const home = { ...node, address: key.address, slotMs, clockSpeed: config.clock?.speed ?? 1 };
    const shared = { store, ledger, ingest, clock, live, access, settings, commands, transport, node: home };
    const integrations = createIntegrations({ ...shared, dataDir, log: log.child({ part: "integrations" }) }, config.integrations);
    const trade = ledger.trading && createTradingPorts({ trading: ledger.trading, key, node: home, boards: () => store.boards() });
    const app = createApp({
      ...shared,
      ...trade,
      integrations,
      mounts: integrations.mounts,
      frames: createHttpFrames(ingest),
      admission: {
        async admit(board, secret) {
          await admitBoard(store, boardsKey, board, secret);
          ingest.admit(board.boardId, boardSealKeys(secret));
        },
      },
      allowedHosts: allowedHosts(config.http),
      random: randomBytes,
      log: log.child({ part: "api" }),
    });
    const tls = config.http.tls && { certPath: resolve(dataDir, config.http.tls.certPath), keyPath: resolve(dataDir, config.http.tls.keyPath) };
    const http = await serveHttp(app, { ...config.http, tls });
    started.push(() => http.close());
    const coap = await listenCoap({ ingest, clock, ...config.coap, log: log.child({ part: "coap" }) });
    poke = (boardId) => coap.poke(boardId);
    started.push(() => coap.close());
    ledger.start();
    started.push(() => ledger.stop());
    const keeper = createKeeper({ store, clock, log: log.child({ part: "store" }) });
    keeper.start();
    started.push(() => keeper.stop());
    started.push(() => integrations.stop());
    await integrations.start();
    return { name: node.name, httpPort: http.port, coapPort: coap.port, setupCode: access.setupCode(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
