/** A node's folder, and what is checked before its engine starts: without an engine. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeAddress, decryptKeystoreJson, Wallet, ZeroHash, id } from "ethers";
import { planChange } from "#chain/authority-change.ts";
import { describeChain } from "#chain/description.ts";
import { joinNetwork, meetPeer } from "#chain/join.ts";
import { createNetwork } from "#chain/network.ts";
import { readNodeFolder, readPeer, writeNodeFiles, type NodeFolder } from "#chain/node/folder.ts";
import { keystoreFile } from "#chain/node/identity.ts";
import { checkClock, checkPorts, checkStarted, noteStarted, openAccount } from "#chain/node/preflight.ts";
import { findProgram } from "#chain/node/program.ts";
import { startNode } from "#chain/node/start.ts";
import { LIGHT, makeNetwork, PASSWORD, type TestNetwork } from "./geth.ts";
import { ntp, withTimeServer } from "./time-server.ts";

const HOST = "127.0.0.1";
const plan = (name: string, port: number) => ({ name, host: HOST, listenHost: HOST, port, rpcPort: port + 1000 });

/** All files below a folder. */
async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("a new chain's folders", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-node-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const create = (engine: "clique" | "qbft" | "aura", path = join(dir, "net")): Promise<NodeFolder[]> =>
    createNetwork({ path, description: { engine }, validators: [plan("anna", 30303), plan("bert", 30304)], password: PASSWORD, keystore: LIGHT });

  for (const engine of ["clique", "qbft", "aura"] as const) {
    it(`of ${engine} have one description and a key for each, which opens with the password and is nowhere in plain text`, async () => {
      const [anna, bert] = await create(engine);
      assert.ok(anna !== undefined && bert !== undefined);
      assert.deepEqual(await readNodeFolder(anna.path), anna);
      assert.deepEqual(anna.description, bert.description);
      assert.deepEqual(anna.description.authorities, [anna.node.peer.address, bert.node.peer.address]);
      for (const { path, node } of [anna, bert]) {
        const keystore = await readFile(join(path, keystoreFile(node.peer.address)), "utf8");
        const { address, privateKey } = await decryptKeystoreJson(keystore, PASSWORD);
        assert.equal(address, node.peer.address);
        for (const file of await filesOf(path)) assert.equal((await readFile(file, "utf8")).includes(privateKey.slice(2)), false, file);
        if (engine !== "clique") assert.equal(computeAddress(`0x04${node.peer.nodeId}`), address);
      }
    });
  }

  it("can be entered and read by their owner alone", async () => {
    const [anna] = await create("clique");
    assert.ok(anna !== undefined);
    assert.equal((await stat(anna.path)).mode & 0o077, 0);
    for (const secret of [keystoreFile(anna.node.peer.address), "data/geth/nodekey"]) assert.equal((await stat(join(anna.path, secret))).mode & 0o777, 0o600);
  });

  it("are never put where there is something, and leave nothing behind when they cannot be made", async () => {
    await create("clique");
    await assert.rejects(create("clique"), /net exists already; it is never replaced/);
    const other = join(dir, "other");
    for (const wrong of [[plan("anna", 1), plan("anna", 2)], [plan("anna", 1), plan("bert", 1)], [plan("../anna", 1)], []]) {
      await assert.rejects(createNetwork({ path: other, description: { engine: "clique" }, validators: wrong, password: PASSWORD, keystore: LIGHT }), /description is wrong/);
    }
    assert.deepEqual(await readdir(dir), ["net"]);
  });

  it("go on from a run that was killed half-way", async () => {
    await mkdir(join(dir, ".net.part", "anna"), { recursive: true });
    await writeFile(join(dir, ".net.part", "anna", "chain.json"), "{");
    assert.equal((await create("clique")).length, 2);
    assert.deepEqual(await readdir(dir), ["net"]);
  });

  it("name the file and the field that was broken by hand", async () => {
    const [anna] = await create("clique");
    assert.ok(anna !== undefined);
    const file = (name: string): string => join(anna.path, name);
    const text = await readFile(file("chain.json"), "utf8");
    await writeFile(file("chain.json"), text.replace('"gasLimit": 30000000', '"gasLimit": 1'));
    await assert.rejects(readNodeFolder(anna.path), /chain\.json: [^]*gasLimit/);
    await writeFile(file("chain.json"), "{");
    await assert.rejects(readNodeFolder(anna.path), /chain\.json is not JSON; restore it/);
    await writeFile(file("chain.json"), text);
    await writeFile(file("node.json"), (await readFile(file("node.json"), "utf8")).replace("anna", "zoe"));
    await assert.rejects(readNodeFolder(anna.path), /no peer "zoe".*put it back/);
    await assert.rejects(readNodeFolder(join(dir, "nowhere")), /there is no .*chain\.json; make .*daisee chain init/);
  });
});

describe("joining a chain", () => {
  let network: TestNetwork;
  beforeEach(async () => {
    network = await makeNetwork(["anna", "bert"]);
  });
  afterEach(() => network.close());

  it("makes a node that knows all others, seals nothing before the vote, and can be introduced by its peer's file", async () => {
    const [anna] = network.folders;
    assert.ok(anna !== undefined);
    const dora = await joinNetwork({ path: join(network.dir, "dora"), description: anna.description, plan: plan("dora", 30399), password: PASSWORD, keystore: LIGHT });
    assert.deepEqual(dora.description.peers.map(({ name }) => name), ["anna", "bert", "dora"]);
    assert.deepEqual(dora.description.authorities, anna.description.authorities);
    assert.equal(await readFile(join(dora.path, "genesis.json"), "utf8"), await readFile(join(anna.path, "genesis.json"), "utf8"));

    const peer = await readPeer(join(dora.path, "peer.json"));
    assert.equal(await meetPeer(anna, peer, null), false);
    const again = await readNodeFolder(anna.path);
    assert.deepEqual(again.description, dora.description);
    assert.match(await readFile(join(anna.path, "config.toml"), "utf8"), new RegExp(peer.nodeId));
    await meetPeer(again, peer, null);
    assert.equal((await readNodeFolder(anna.path)).description.peers.length, 3, "twice is once");
  });

  it("refuses a name or place that is taken, and a file that is no peer's", async () => {
    const [anna] = network.folders;
    assert.ok(anna !== undefined);
    const join2 = (name: string, port: number): Promise<NodeFolder> =>
      joinNetwork({ path: join(network.dir, "dora"), description: anna.description, plan: plan(name, port), password: PASSWORD, keystore: LIGHT });
    await assert.rejects(join2("bert", 30399), /two have the name bert/);
    await assert.rejects(join2("dora", anna.node.peer.port), /two are at 127\.0\.0\.1/);
    await assert.rejects(readPeer(join(anna.path, "node.json")), /node\.json: /);
  });
});

describe("what is checked before a node starts", () => {
  let network: TestNetwork;
  let anna: NodeFolder;
  beforeEach(async () => {
    network = await makeNetwork(["anna"]);
    const [first] = network.folders;
    assert.ok(first !== undefined);
    anna = first;
  });
  afterEach(() => network.close());

  /** A program that must not run: each check comes before it. */
  const start = (folder = anna, passwordPath = network.passwordPath) => startNode({ folder, passwordPath, program: "/bin/false" });

  it("is the password: missing, empty, readable by others, wrong; and the keystore", async () => {
    const path = join(network.dir, "other-password");
    await assert.rejects(start(anna, path), /No password file .*Write the keystore's password into it/);
    await writeFile(path, "\n", { mode: 0o600 });
    await assert.rejects(start(anna, path), /is empty/);
    await writeFile(path, "not this one\n");
    await assert.rejects(start(anna, path), /Wrong password for keystore .*check .*other-password/);
    await chmod(path, 0o644);
    await assert.rejects(start(anna, path), /open to other users.*chmod 600/);
    assert.match(await openAccount(anna, network.passwordPath), /^0x[0-9a-f]{64}$/);
    await rm(join(anna.path, "keystore"), { recursive: true });
    await assert.rejects(start(), /No keystore/);
    assert.deepEqual((await readdir(anna.path)).includes("started.json"), false);
  });

  it("is that nobody else has its ports", async () => {
    for (const [port, where] of [[anna.node.rpcPort, /rpcPort in node\.json/], [anna.node.peer.port, /port in chain\.json/]] as const) {
      const server = createServer().listen(port, HOST);
      await once(server, "listening");
      await assert.rejects(start(), new RegExp(`port ${port} of 127\\.0\\.0\\.1 is taken by another program; stop it, or change`));
      await assert.rejects(checkPorts(anna), where);
      server.close();
      await once(server, "close");
    }
    await checkPorts(anna);
    const elsewhere = { ...anna, node: { ...anna.node, listenHost: "192.0.2.1" } };
    await assert.rejects(checkPorts(elsewhere), /cannot listen at port .* of 192\.0\.2\.1; correct listenHost/);
  });

  it("is the clock, where a time server is named", async () => {
    const asked: string[] = [];
    const ahead = (ms: number) => async ({ host }: { host: string }) => (asked.push(host), ms);
    await checkClock(anna, ahead(5000));
    const timed = { ...anna, description: { ...anna.description, timeServer: "192.168.1.1" } };
    await checkClock(timed, ahead(1000));
    await checkClock(timed, ahead(-1000));
    await assert.rejects(checkClock(timed, ahead(1001)), /clock is 1\.0 s ahead of 192\.168\.1\.1's.*Set it by NTP/);
    await assert.rejects(checkClock(timed, ahead(-2500)), /clock is 2\.5 s behind/);
    assert.deepEqual(new Set(asked), new Set(["192.168.1.1"]));
  });

  it("is the clock, as a real time server tells it: a second and more off, and nothing starts or is written", async () => {
    const answers = (aheadMs: number) => (answer: Buffer): Buffer => {
      for (const at of [32, 40]) ntp(Date.now() - aheadMs).copy(answer, at);
      return answer;
    };
    const started = (aheadMs: number): Promise<void> =>
      withTimeServer(answers(aheadMs), async (port) => {
        const timed = { ...anna, description: { ...anna.description, timeServer: `127.0.0.1:${port}` } };
        await assert.rejects(start(timed), Math.abs(aheadMs) < 1000 ? /block 0 cannot be made/ : /clock is \d+\.\d s (ahead of|behind) 127\.0\.0\.1:\d+'s.*Set it by NTP.*start again/);
      });
    for (const aheadMs of [2500, -2500]) await started(aheadMs);
    assert.deepEqual((await readdir(anna.path)).includes("started.json"), false);
    // With a right clock the next thing is what fails here: the program that is no engine.
    await started(0);
  });

  it("is that the description is the one that the chain began with; only what is not in block 0 may change", async () => {
    assert.equal(await checkStarted(anna), null);
    await noteStarted(anna, ZeroHash);
    assert.equal(await checkStarted(anna), ZeroHash);
    const { description } = anna;
    const change = (more: object): NodeFolder => ({ ...anna, description: describeChain({ ...description, ...more }) });
    const stranger = new Wallet(id("stranger")).address;
    for (const [field, more] of Object.entries({
      periodSeconds: { periodSeconds: 7 },
      chainId: { chainId: 1 },
      gasLimit: { gasLimit: 7_000_000 },
      genesisSeconds: { genesisSeconds: 1 },
      authorities: { authorities: [stranger] },
      balances: { balances: { [stranger]: "1" } },
    })) {
      await assert.rejects(start(change(more)), new RegExp(`changed after the chain started: ${field} was .* and is .*Put it back`));
    }
    assert.equal(await checkStarted(change({ timeServer: "192.168.1.1", peers: [] })), ZeroHash);
  });

  it("is that there is an engine", async () => {
    assert.equal(await findProgram({ program: "geth" }, { PATH: network.dir }), null);
    assert.equal(await findProgram({ program: "geth" }, { PATH: "", GETH: "/no/such/geth" }), null);
    const program = join(network.dir, "geth");
    await writeFile(program, "#!/bin/sh\n", { mode: 0o755 });
    assert.equal(await findProgram({ program: "geth" }, { PATH: `/nowhere:${network.dir}` }), program);
    assert.equal(await findProgram({ program: "geth" }, { PATH: "", GETH: program }), program);
  });

  it("tells what the engine said when it does not come up, and notes no start", async () => {
    const program = join(network.dir, "engine");
    await writeFile(program, '#!/bin/sh\necho "Fatal: the disk is upside down" >&2\nexit 1\n', { mode: 0o755 });
    await assert.rejects(startNode({ folder: anna, passwordPath: network.passwordPath, program }), /block 0 cannot be made.*upside down/);
    assert.equal(await checkStarted(anna), null);
    await writeNodeFiles(anna);
  });
});

describe("a change of AuRa's authorities", () => {
  const [anna = "", bert = "", carla = ""] = ["anna", "bert", "carla"].map((name) => new Wallet(id(name)).address);
  const description = describeChain({ engine: "aura", authorities: [anna, bert] });

  it("is one more list from a block on, and each one builds on the one before", () => {
    const one = planChange(description, { account: carla, add: true, fromBlock: 100, head: 10 });
    const two = planChange(one, { account: anna, add: false, fromBlock: 200, head: 10 });
    assert.deepEqual(two.authorityChanges, [{ fromBlock: 100, authorities: [anna, bert, carla] }, { fromBlock: 200, authorities: [bert, carla] }]);
  });

  it("is refused at a block that is there, before a planned one, or where it changes nothing or leaves nobody", () => {
    const planned = planChange(description, { account: anna, add: false, fromBlock: 100, head: 10 });
    assert.throws(() => planChange(description, { account: carla, add: true, fromBlock: 10, head: 10 }), /is there already/);
    assert.throws(() => planChange(planned, { account: carla, add: true, fromBlock: 100, head: 10 }), /at block 100 comes first/);
    assert.throws(() => planChange(description, { account: bert, add: true, fromBlock: 100, head: 10 }), /an authority already/);
    assert.throws(() => planChange(description, { account: carla, add: false, fromBlock: 100, head: 10 }), /no authority/);
    assert.throws(() => planChange(planned, { account: bert, add: false, fromBlock: 200, head: 10 }), /the only authority/);
  });
});
