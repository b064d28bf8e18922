/** `npm start` as a newcomer uses it: what it prints, how it ends, how it goes on. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, isFree } from "#chain/ports.ts";
import { needGeth } from "#tests/chain/geth.ts";

const DAISEE = fileURLToPath(new URL("../../tools/daisee.mjs", import.meta.url));

/** Two neighbouring ports and one more that are free now, and that nobody is given while the demo is stopped. */
async function demoPorts(): Promise<{ port: number; chainPort: number }> {
  for (;;) {
    const [port = NaN, chainPort = NaN] = await freePorts(2);
    if (chainPort !== port + 1 && (await isFree(port + 1))) return { port, chainPort };
  }
}

interface Demo {
  process: ChildProcess;
  output(): string;
  /** Resolves once the pattern is in the output; rejects with the output when the process ends before. */
  says(pattern: RegExp): Promise<void>;
  exit: Promise<number | null>;
}

/** @param geth its program; without one the chain is anvil's. */
function startDemo(args: string[], geth = "none"): Demo {
  const child = spawn(process.execPath, [DAISEE, "demo", ...args], { env: { ...process.env, GETH: geth }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  const exit = once(child, "close").then(([code]) => code as number | null);
  return {
    process: child,
    output: () => text,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = setInterval(() => {
          if (pattern.test(text)) finish(resolve);
        }, 50);
        const finish = (end: () => void): void => {
          clearInterval(look);
          end();
        };
        void exit.then(() => finish(() => (pattern.test(text) ? resolve() : reject(new Error(`the demo ended: ${text}`)))));
      }),
    exit,
  };
}

/** All processes that name a folder in their command line. */
async function processesOf(folder: string): Promise<{ pid: number; line: string }[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const lines = await Promise.all(pids.map(async (pid) => ({ pid, line: await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") })));
  return lines.filter(({ line }) => line.includes(folder));
}

describe("npm start", function () {
  this.timeout(240_000);
  let folder: string;
  let args: string[];
  const running: Demo[] = [];
  const start = (...more: string[]): Demo => {
    const demo = startDemo([...args, ...more]);
    running.push(demo);
    return demo;
  };

  before(async function () {
    if (process.platform !== "linux") {
      this.test?.parent?.tests.forEach((test) => (test.title += " (skipped: it lists processes by /proc)"));
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), "daisee-demo-"));
    const { port, chainPort } = await demoPorts();
    args = ["--data", join(folder, "village"), "--port", String(port), "--chain-port", String(chainPort)];
  });
  afterEach(async () => {
    // A demo that is killed leaves its chain to the next one; after a test that failed there is none.
    for (const { pid } of await processesOf(folder)) process.kill(pid, "SIGKILL");
    await Promise.all(running.splice(0).map((demo) => demo.exit));
  });
  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it("tells its steps, ends at Ctrl-C with nothing left behind, and can be interrupted while it starts", async () => {
    const interrupted = start("--fresh");
    await interrupted.says(/✔ Chain: anvil/);
    interrupted.process.kill("SIGINT");
    assert.equal(await interrupted.exit, 0, interrupted.output());
    for (const step of [/✔ Contracts: MeterRegistry 0x/, /Home 1 \(consumer\) is node 1/, /Home 2 \(producer\) is node 2/, /Dashboards: Home 1 http:\/\/127\.0\.0\.1:\d+\//, /Stopped\. `npm start` goes on/]) {
      assert.match(interrupted.output(), step);
    }
    assert.deepEqual(await processesOf(folder), []);
  });

  it("goes on at the next start, after Ctrl-C and after a kill, and runs faster than real time where asked", async () => {
    const contractsOf = (demo: Demo): string | undefined => /✔ Contracts: .*/.exec(demo.output())?.[0];
    const first = start("--speed", "5");
    await first.says(/Home 1: batch \d+ is settled in block/);
    const settled = Number(/.*Home 1: batch (\d+) is settled/s.exec(first.output())?.[1]);

    const second = start();
    assert.equal(await second.exit, 1);
    assert.match(second.output(), /A village is running already .*Ctrl-C.*--data/);

    first.process.kill("SIGKILL");
    await first.exit;
    // The village's time is ahead of the machine's now, and goes on from there at any speed.
    const again = start("--speed", "2");
    await again.says(/Home 1: batch \d+ is settled in block/);
    await again.says(/Home 1: paid [\d.]+ coins for \d+ mWh of its neighbours' energy/);
    assert.equal(contractsOf(again), contractsOf(first));
    assert.ok(Number(/Home 1: batch (\d+) is settled/.exec(again.output())?.[1]) >= settled);
    again.process.kill("SIGTERM");
    assert.equal(await again.exit, 0, again.output());
    assert.deepEqual(await processesOf(folder), []);
  });

  it("runs three geth validators where there is a geth, goes on with them, and says what they cannot", async function () {
    const geth = await needGeth(this);
    const startWith = (program: string | undefined, ...more: string[]): Demo => {
      const demo = startDemo([...args, ...more], program);
      running.push(demo);
      return demo;
    };
    const first = startWith(geth, "--fresh");
    await first.says(/✔ Chain: 3 geth validators \(Clique\)/);
    await first.says(/✔ Each home has coins/);
    first.process.kill("SIGINT");
    assert.equal(await first.exit, 0, first.output());
    assert.deepEqual(await processesOf(folder), []);

    for (const [program, options, message] of [
      [geth, ["--speed", "5"], /knows only real time: run at speed 1, or begin anew with --fresh/],
      [undefined, [], /kept by geth, which is not here: name it by .* GETH/],
    ] as const) {
      const demo = startWith(program, ...options);
      assert.equal(await demo.exit, 1);
      assert.match(demo.output(), message);
    }
    const again = startWith(geth);
    await again.says(/Dashboards:/);
    assert.equal(/✔ Contracts: .*/.exec(again.output())?.[0], /✔ Contracts: .*/.exec(first.output())?.[0]);
    again.process.kill("SIGTERM");
    assert.equal(await again.exit, 0, again.output());
  });
});
