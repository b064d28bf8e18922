/**
 * anvil as a child process: started, and watched until it listens.
 * @module
 */
import { anvilBinary } from "./anvil-binary.ts";
import { startChild, type Child } from "./child.ts";

/** How long it may take to start and to stop, real ms; its state may be large. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

export interface AnvilProcess extends Child {
  port: number;
}

export interface SpawnOptions {
  /** 0 for a free one. */
  port: number;
  /** Name under which process listings show it. */
  name: string;
  arguments: string[];
}

/**
 * Starts anvil on the loopback interface.
 * @throws Error when it exits before it listens; says so when the port is taken
 */
export async function spawnAnvil({ port, name, arguments: rest }: SpawnOptions): Promise<AnvilProcess> {
  let listens = (_port: number): void => undefined;
  const listening = new Promise<number>((resolve) => (listens = resolve));
  const child = await startChild({
    title: "anvil",
    program: anvilBinary(),
    arguments: ["--host", "127.0.0.1", "--port", String(port), ...rest],
    name,
    stopTimeoutMs: STOP_TIMEOUT_MS,
    onLine: (line) => {
      const [, own] = /Listening on [\d.]+:(\d+)/.exec(line) ?? [];
      if (own !== undefined) listens(Number(own));
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("anvil does not listen")), START_TIMEOUT_MS);
  });
  try {
    return { ...child, port: await Promise.race([listening, child.exited.then((how) => refuse(how, port)), late]) };
  } catch (error) {
    await child.end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function refuse(how: string, port: number): never {
  if (/address already in use/i.test(how)) {
    throw new Error(`port ${port} is taken by another program; stop it, or choose another port for the chain`);
  }
  throw new Error(how);
}
