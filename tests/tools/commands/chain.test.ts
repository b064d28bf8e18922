/** `daisee chain` as it is typed; with a geth it runs a chain of two from init to status. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "#chain/ports.ts";
import { eventually, needGeth } from "#tests/chain/geth.ts";
import { daisee as inProcess } from "../in-process.ts";
import type { Said } from "../in-process.ts";

const DAISEE = fileURLToPath(new URL("../../../tools/daisee.mjs", import.meta.url));

const daisee = (...args: string[]): Promise<Said> => inProcess("chain", ...args);

describe("daisee chain", function () {
  this.timeout(180_000);
  let dir: string;
  let password: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-chain-"));
    password = join(dir, "password");
    await writeFile(password, "correct horse\n", { mode: 0o600 });
  });
  after(() => rm(dir, { recursive: true }));

  const running: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  });

  /** `daisee chain start`, and what it says. */
  function start(...args: string[]): { says(pattern: RegExp): Promise<void>; stop(): Promise<number | null> } {
    const child = spawn(process.execPath, [DAISEE, "chain", "start", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    running.push(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    return {
      async says(pattern) {
        await eventually(async () => {
          if (child.exitCode !== null) assert.fail(`it ended: ${said}`);
          return pattern.test(said) ? true : null;
        });
      },
      async stop() {
        child.kill("SIGTERM");
        const [code] = await once(child, "exit");
        // The cast: node's event.
        return code as number | null;
      },
    };
  }

  const init = (folder: string, ...more: string[]): Promise<Said> =>
    daisee("init", "--folder", join(dir, folder), "--engine", "clique", "--period", "1", "--password-file", password, ...more);

  it("says in one line what is wrong with how it was called, and writes nothing", async () => {
    const before = await readdir(dir);
    const wrong: [string[], number, RegExp][] = [
      [["begin"], 2, /no command "begin".*init, start, status, add-validator/],
      [["init", "--folder", join(dir, "x"), "--validators", "anna=127.0.0.1"], 2, /--engine is missing, and there is nobody to ask/],
      [["init", "--folder", join(dir, "x"), "--engine", "ethash", "--validators", "anna=127.0.0.1"], 2, /--engine takes clique, qbft, aura, not "ethash"/],
      [["init", "--folder", join(dir, "x"), "--engine", "clique", "--validators", "anna"], 2, /"anna" is no node: name=address/],
      [["init", "--folder", join(dir, "x"), "--engine", "clique", "--validators", "anna=127.0.0.1"], 2, /nobody to ask for the password.*--password-file/],
      [["init", "--folder", join(dir, "x"), "--engine", "clique", "--validators", "anna=127.0.0.1", "--password", "secret"], 2, /no option --password/],
      [["init", "--folder", join(dir, "x"), "--engine", "clique", "--validators", "anna=127.0.0.1,anna=127.0.0.2", "--password-file", password], 1, /two have the name anna/],
      [["init", "--folder", join(dir, "x"), "--engine", "clique", "--validators", "anna=localhost", "--password-file", password], 1, /description is wrong.*peers/],
      [["start", "--folder", join(dir, "x")], 1, /there is no .*chain\.json; make .*daisee chain init/],
      [["status"], 2, /name a node's folder with --folder/],
      [["add-validator", "carla", "--folder", join(dir, "x")], 1, /there is no .*chain\.json/],
    ];
    for (const [args, code, message] of wrong) {
      const { code: ended, stderr } = await daisee(...args);
      assert.equal(ended, code, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").filter((line) => line.startsWith("daisee:")).length, 1, stderr);
    }
    assert.deepEqual(await readdir(dir), before);
  });

  it("makes folders, tells what to do next, and exports what a joining node needs without a key", async () => {
    const made = await init("made", "--validators", "anna=192.168.1.10,bert=192.168.1.11", "--json");
    assert.equal(made.code, 0, made.stderr);
    // The cast: what the command prints.
    const nodes = JSON.parse(made.stdout) as { name: string; address: string; folder: string }[];
    assert.deepEqual(nodes.map(({ name }) => name), ["anna", "bert"]);
    const again = await init("made", "--validators", "anna=192.168.1.10");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /made exists already; it is never replaced/);

    const exported = await daisee("export", "--folder", join(dir, "made", "anna"), "--to", join(dir, "for-dora"));
    assert.match(exported.stdout, /no keys[^]*--join/);
    assert.deepEqual((await readdir(join(dir, "for-dora"))).toSorted(), ["chain.json", "genesis.json"]);
    const joined = await daisee("init", "--folder", join(dir, "dora"), "--join", join(dir, "for-dora", "chain.json"), "--validators", "dora=192.168.1.13", "--password-file", password);
    assert.equal(joined.code, 0, joined.stderr);
    assert.match(joined.stdout, /give .*peer\.json to the validators/);
    assert.equal(await readFile(join(dir, "dora", "genesis.json"), "utf8"), await readFile(join(dir, "made", "anna", "genesis.json"), "utf8"));

    const status = await daisee("status", "--folder", join(dir, "made", "anna"));
    assert.equal(status.code, 1);
    assert.match(status.stderr, /the node does not answer; start it with daisee chain start/);
  });

  it("plans a change of AuRa's authorities at a block, once it can ask its node how far the chain is", async () => {
    await daisee("init", "--folder", join(dir, "aura"), "--engine", "aura", "--validators", "anna=192.168.1.10,bert=192.168.1.11", "--password-file", password);
    const { code, stderr } = await daisee("remove-validator", "bert", "--folder", join(dir, "aura", "anna"), "--from-block", "100");
    assert.equal(code, 1);
    assert.match(stderr, /fetch failed/);
  });

  it("runs the embedded chain until it is told to stop, and shows how it stands", async () => {
    const [port = 0] = await freePorts(1);
    const node = start("--embedded", "--folder", join(dir, "embedded"), "--port", String(port), "--period", "0.2");
    await node.says(/the embedded chain answers at/);
    const status = await eventually(async () => {
      const shown = await daisee("status", "--rpc", `http://127.0.0.1:${port}`);
      return /final up to \d+/.test(shown.stdout) ? shown : null;
    });
    assert.match(status.stdout, /chain 8995 \(anvil\)[^]*a block is final at once/);
    assert.equal(await node.stop(), 0);
  });

  it("runs two validators, and shows who sealed", async function () {
    await needGeth(this);
    const ports = await freePorts(3);
    const validators = `anna=127.0.0.1:${ports[0]},bert=127.0.0.1:${ports[1]}`;
    assert.equal((await init("run", "--validators", validators, "--rpc-port", "80")).code, 2, "a privileged port");
    // Both nodes' loopback ports follow one another.
    assert.equal((await init("run", "--validators", validators, "--rpc-port", String(Math.min(ports[2] ?? 0, 65_000)))).code, 0);
    const nodes = ["anna", "bert"].map((name) => start("--folder", join(dir, "run", name), "--password-file", password, "--quiet"));
    for (const node of nodes) await node.says(/geth \(Clique\) answers at http:\/\/127\.0\.0\.1:\d+, block 0 is 0x[^]*this node is an authority[^]*blocks are made/);
    const status = await eventually(async () => {
      const shown = await daisee("status", "--folder", join(dir, "run", "anna"), "--json");
      // The cast: what the command prints.
      const found = shown.code === 0 ? (JSON.parse(shown.stdout) as { recent: { sealer: string }[]; authorities: string[]; peers: number }) : null;
      return new Set(found?.recent.map(({ sealer }) => sealer)).size === 2 ? found : null;
    });
    assert.deepEqual([status.authorities.length, status.peers], [2, 1]);
    assert.deepEqual(await Promise.all(nodes.map((node) => node.stop())), [0, 0]);
  });
});
