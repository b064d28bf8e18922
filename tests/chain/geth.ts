/**
 * The geth that `GETH` names or the PATH has; where there is none, a test that needs it is skipped and says why.
 * @module
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ChainDescription } from "#chain/description.ts";
import { geth } from "#chain/engines/geth.ts";
import { createNetwork } from "#chain/network.ts";
import type { NodeFolder } from "#chain/node/folder.ts";
import { findProgram } from "#chain/node/program.ts";
import { startNode, type RunningNode, type StartNodeOptions } from "#chain/node/start.ts";
import { freePorts } from "#chain/ports.ts";

/** Its program. Skips the test, or in `before` the suite, where there is none. */
export async function needGeth(context: Mocha.Context): Promise<string> {
  const program = await findProgram(geth);
  if (program !== null) return program;
  const skipped = " (skipped: GETH names no geth, and the PATH has none)";
  // A hook is not among its suite's tests.
  const { test } = context;
  const tests = test?.parent?.tests.filter((other) => other === test) ?? [];
  for (const each of tests.length > 0 ? tests : (test?.parent?.tests ?? [])) each.title += skipped;
  return context.skip();
}

/** The cheapest keystores that geth reads: what a key costs to open is not under test. */
export const LIGHT = { scryptN: 1024 };
export const PASSWORD = "a password of the tests";
/** Whole seconds are the least that engines take. */
export const PERIOD_SECONDS = 1;

export interface TestNetwork {
  /** Folder of everything, to be removed. */
  dir: string;
  passwordPath: string;
  folders: NodeFolder[];
  start(folder: NodeFolder, options?: Partial<StartNodeOptions>): Promise<RunningNode>;
  /** Stops what was started and removes the folder. */
  close(): Promise<void>;
}

/** Folders of some validators on the loopback interface. */
export async function makeNetwork(names: string[], description: Partial<ChainDescription> = {}): Promise<TestNetwork> {
  const dir = await mkdtemp(join(tmpdir(), "daisee-net-"));
  const passwordPath = join(dir, "password");
  await writeFile(passwordPath, `${PASSWORD}\n`, { mode: 0o600 });
  const ports = await freePorts(2 * names.length);
  const host = "127.0.0.1";
  const folders = await createNetwork({
    path: join(dir, "net"),
    description: { engine: "clique", periodSeconds: PERIOD_SECONDS, ...description },
    password: PASSWORD,
    keystore: LIGHT,
    validators: names.map((name, index) => ({ name, host, listenHost: host, port: ports[2 * index] ?? 0, rpcPort: ports[2 * index + 1] ?? 0 })),
  });
  const started: RunningNode[] = [];
  return {
    dir,
    passwordPath,
    folders,
    async start(folder, options = {}) {
      const node = await startNode({ folder, passwordPath, ...options });
      started.push(node);
      return node;
    },
    async close() {
      await Promise.all(started.map((node) => node.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Asks again until the answer is not null; mocha's own limit ends what never comes. */
export async function eventually<Answer>(ask: () => Promise<Answer | null>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    await delay(50);
  }
}

/** Newest block's number. */
export async function height({ rpc }: Pick<RunningNode, "rpc">): Promise<number> {
  return Number(await rpc("eth_blockNumber"));
}
