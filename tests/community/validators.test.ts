/**
 * Three geth validators under a whole village: each home's gateway at a validator of its own. What the village promises must hold whatever
 * the validators do: every batch ends exactly once in the canonical chain.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Interface } from "ethers";
import { z } from "zod";
import { createConsensus, type SealedBlock } from "#chain/consensus.ts";
import { finalityDepth } from "#chain/finality.ts";
import { joinNetwork, meetPeer } from "#chain/join.ts";
import { readNodeFolder, type NodeFolder } from "#chain/node/folder.ts";
import type { RunningNode } from "#chain/node/start.ts";
import { freePorts } from "#chain/ports.ts";
import { readStatus } from "#chain/status.ts";
import { changeAuthority } from "#chain/votes.ts";
import { energyLedgerAbi } from "#contracts/dist/abi.ts";
import { bodyOf, createClient } from "#gateway/api/client.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { Chain as ChainAsShown } from "#gateway/api/schemas/chain.ts";
import { eventually, height, LIGHT, makeNetwork, needGeth, PASSWORD, type TestNetwork } from "#tests/chain/geth.ts";
import type { Home } from "#tools/village/home.ts";
import { DEMO_SLOT_MS } from "#tools/village/homes.ts";
import { startVillage, type Village } from "#tools/village/village.ts";
import { layWire, type Wire } from "./wires.ts";

const DAISEE = fileURLToPath(new URL("../../tools/daisee.mjs", import.meta.url));
const NAMES = ["anna", "bert", "carla"] as const;
type Name = (typeof NAMES)[number];
const ledgerInterface = new Interface(energyLedgerAbi);

async function batchesOf(home: Home): Promise<Batch[]> {
  return (await bodyOf(createClient(home.dashboard.slice(0, -1)).batches.$get({ query: { limit: "1000" } }))).items;
}

async function readingCount(home: Home): Promise<number> {
  const { items } = await bodyOf(createClient(home.dashboard.slice(0, -1)).readings.$get({ query: { limit: "1000" } }));
  return items.length;
}

/** Number of the newest batch that is final; 0 for none. */
async function newestFinal(home: Home): Promise<number> {
  return Math.max(0, ...(await batchesOf(home)).filter(({ transaction }) => transaction.state === "final").map(({ number }) => number));
}

function untilSettled(home: Home, number: number): Promise<number> {
  return eventually(async () => {
    const newest = await newestFinal(home);
    return newest >= number ? newest : null;
  });
}

/** The chain as a home's gateway shows it. */
function chainOf(home: Home): Promise<ChainAsShown> {
  return bodyOf(createClient(home.dashboard.slice(0, -1)).chain.$get());
}

/** A command as an operator runs it. */
function daisee(...words: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [DAISEE, ...words], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

describe("a village on three validators", function () {
  this.timeout(400_000);
  let network: TestNetwork;
  let village: Village;
  let folder: string;
  const folders = new Map<Name, NodeFolder>();
  const nodes = new Map<Name, RunningNode>();
  /** Cables by the two ends that they join. */
  const wires = new Map<string, Wire>();
  const failures: string[] = [];
  /** The batch of the first home that must be settled in the end: waited for once, after all that happened. */
  let settledAtLast = 0;

  const folderOf = (name: Name): NodeFolder => folders.get(name) ?? assert.fail(name);
  const nodeOf = (name: Name): RunningNode => nodes.get(name) ?? assert.fail(name);
  const blockAt = (name: Name, at: number | "latest"): Promise<SealedBlock | null> => createConsensus(folderOf(name).description, nodeOf(name).rpc).block(at);
  const start = async (name: Name): Promise<void> => void nodes.set(name, await network.start(folderOf(name), { onExit: (how) => failures.push(how) }));
  const home = (index: 0 | 1): Home => village.homes[index] ?? assert.fail("no such home");
  const wiresOf = (name: Name): Wire[] => [...wires].filter(([ends]) => ends.split("-").includes(name)).map(([, wire]) => wire);

  /** All nodes have the same block at the height of the lowest. */
  async function untilAgreed(names: readonly Name[]): Promise<void> {
    await eventually(async () => {
      const common = Math.min(...(await Promise.all(names.map((name) => height(nodeOf(name))))));
      const hashes = await Promise.all(names.map(async (name) => (await blockAt(name, common))?.hash));
      const heads = await Promise.all(names.map((name) => height(nodeOf(name))));
      return new Set(hashes).size === 1 && Math.max(...heads) - common <= 2 ? true : null;
    });
  }

  before(async function () {
    await needGeth(this);
    network = await makeNetwork([...NAMES]);
    for (const [index, name] of NAMES.entries()) {
      const own = network.folders[index] ?? assert.fail(name);
      const peers = [];
      for (const peer of own.description.peers) {
        const wire = peer.name === name ? null : await layWire(peer.port);
        if (wire !== null) wires.set(`${name}-${peer.name}`, wire);
        peers.push({ ...peer, port: wire?.port ?? peer.port });
      }
      folders.set(name, { ...own, description: { ...own.description, peers } });
    }
    await Promise.all(NAMES.map(start));
    folder = await mkdtemp(join(tmpdir(), "daisee-validators-"));
    village = await startVillage({
      path: join(folder, "village"),
      fresh: true,
      speed: 1,
      httpPort: 0,
      chainPort: 0,
      seed: 2017,
      scryptN: 1024,
      chain: {
        title: "three validators",
        description: folderOf("anna").description,
        rpcUrls: NAMES.map((name) => nodeOf(name).rpcUrl),
        pids: () => [],
        stop: async () => undefined,
      },
      onStep: () => undefined,
      onWarning: () => undefined,
      onCrash: (error) => failures.push(error.message),
    });
  });

  after(async () => {
    await village?.stop();
    await network?.close();
    for (const wire of wires.values()) await wire.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it("goes on making blocks and settling when one is away, and that one catches up when it is back", async () => {
    await nodeOf("carla").kill();
    const before = await newestFinal(home(0));
    await untilSettled(home(0), before + 1);
    assert.equal((await readStatus(folderOf("anna").description, nodeOf("anna").rpc, Date.now())).stalled, false);
    await start("carla");
    await untilAgreed(NAMES);
  });

  it("holds what is to be settled while two are away, says that it stands, and settles it when they are back", async () => {
    await Promise.all([nodeOf("bert").kill(), nodeOf("carla").kill()]);
    const shown = await eventually(async () => {
      const chain = await chainOf(home(0));
      return chain.stalled ? chain : null;
    });
    assert.deepEqual([shown.state, shown.finalityDepth, shown.stalledAfterMs], ["following", 4, 5000]);
    const told = await daisee("chain", "status", "--folder", folderOf("anna").path);
    assert.equal(told.code, 3);
    assert.match(told.output, /STALLED[^]*More than half of its 3 authorities must run/);
    const head = await height(nodeOf("anna"));
    const [readings, final] = [await readingCount(home(0)), await newestFinal(home(0))];
    // Boards, gateways and dashboards go on. No slot ends before the chain's time does, so what they measure waits in the stores.
    await eventually(async () => ((await readingCount(home(0))) > readings + 4 ? true : null));
    assert.deepEqual([await height(nodeOf("anna")), await newestFinal(home(0))], [head, final]);

    await Promise.all([start("bert"), start("carla")]);
    await Promise.all([untilSettled(home(0), final + 1), untilSettled(home(1), 1)]);
    assert.equal((await chainOf(home(0))).stalled, false);
  });

  /**
   * Cuts Anna off when her chain has come past a slot's end, and her home's gateway therefore makes a batch: what it submits, she alone has.
   * Mends it, and gives null, where the others were faster.
   */
  async function cutAnnaWithABatch(): Promise<Batch | null> {
    const slotOf = async (): Promise<number> => Math.floor((((await blockAt("anna", "latest"))?.timestamp ?? 0) * 1000) / DEMO_SLOT_MS);
    const before = await slotOf();
    await eventually(async () => ((await slotOf()) > before ? true : null));
    wiresOf("anna").forEach((wire) => wire.cut());
    // The board's checkpoint may take a while; geth takes half a minute to find its peers again, so that another try is dear.
    for (let look = 0; look < 150; look++) {
      const pending = z.object({ pending: z.string() }).parse(await nodeOf("anna").rpc("txpool_status")).pending;
      const batch = (await batchesOf(home(0))).find(({ transaction }) => transaction.state === "signed");
      if (batch !== undefined && Number(pending) > 0) return batch;
      await delay(100);
    }
    wiresOf("anna").forEach((wire) => wire.mend());
    return null;
  }

  it("settles a batch once that was in a block of a fork, which it never took for final", async () => {
    await untilAgreed(NAMES);
    // Anna does not seal while she waits, so that she may when the batch is there.
    await nodeOf("anna").rpc("miner_stop");
    const held = await eventually(cutAnnaWithABatch);
    const cutAt = await height(nodeOf("anna"));
    await nodeOf("anna").rpc("miner_start");
    const forked = await eventually(async () => {
      const batch = (await batchesOf(home(0))).find(({ number }) => number === held.number);
      return batch?.transaction.state === "mined" ? batch : null;
    });
    const { blockNumber } = forked.transaction;
    assert.ok(blockNumber !== null && blockNumber > cutAt);
    const inFork = await blockAt("anna", blockNumber);
    // The two others go their own way, past where the fork would be final.
    await eventually(async () => ((await height(nodeOf("bert"))) >= blockNumber + finalityDepth("clique", NAMES.length) ? true : null));
    assert.notEqual((await blockAt("bert", blockNumber))?.hash, inFork?.hash);
    assert.equal((await batchesOf(home(0))).find(({ number }) => number === held.number)?.transaction.state, "mined", "its block has none after it");

    wiresOf("anna").forEach((wire) => wire.mend());
    await untilAgreed(NAMES);
    assert.notEqual((await blockAt("anna", blockNumber))?.hash, inFork?.hash, "the fork is gone");
    settledAtLast = held.number;
  });

  it("takes a fourth in by vote, and lets one go, while it settles", async () => {
    const [port = 0, rpcPort = 0] = await freePorts(2);
    const host = "127.0.0.1";
    const dora = await joinNetwork({
      path: join(network.dir, "dora"),
      description: (await readNodeFolder(folderOf("anna").path)).description,
      plan: { name: "dora", host, listenHost: host, port, rpcPort },
      password: PASSWORD,
      keystore: LIGHT,
    });
    const node = await network.start(dora);
    for (const name of NAMES) assert.equal(await meetPeer(folderOf(name), dora.node.peer, nodeOf(name).rpc), true);
    const consensusOf = (running: RunningNode) => createConsensus(dora.description, running.rpc);
    const vote = (voters: RunningNode[], account: string, add: boolean): Promise<boolean[]> => {
      const signal = AbortSignal.timeout(60_000);
      return Promise.all(voters.map((voter) => changeAuthority({ consensus: consensusOf(voter), account, add, signal, onProgress: () => undefined, pollMs: 200 })));
    };
    await eventually(async () => ((await height(node)) >= (await height(nodeOf("anna"))) - 1 ? true : null));
    const isAuthority = async (account: string): Promise<boolean> => (await consensusOf(node).authorities()).includes(account);
    const sealed = (account: string, above: number) => eventually(async () => {
      const head = await consensusOf(node).block("latest");
      return head !== null && head.number > above && head.sealer === account ? head : null;
    });

    assert.deepEqual(await vote([nodeOf("anna"), nodeOf("bert")], dora.node.peer.address, true), [true, true]);
    // Without a restart of hers: what broke the first DAISEE.
    await sealed(dora.node.peer.address, 0);
    // Four authorities: the gateways take it from the chain.
    await eventually(async () => ((await chainOf(home(0))).finalityDepth === 6 ? true : null));

    const carla = folderOf("carla").node.peer.address;
    assert.deepEqual(await vote([nodeOf("anna"), nodeOf("bert"), node], carla, false), [true, true, true]);
    const outAt = await height(node);
    await sealed(dora.node.peer.address, outAt + 1);
    assert.deepEqual([await isAuthority(carla), await isAuthority(dora.node.peer.address)], [false, true]);
    for (let number = outAt + 1; number <= (await height(node)); number++) assert.notEqual((await consensusOf(node).block(number))?.sealer, carla);
    // One that was made under the new authorities.
    settledAtLast = Math.max(settledAtLast, (await batchesOf(home(0)))[0]?.number ?? 0) + 1;
  });

  it("has each home's batches once and in order in the chain that all validators share", async () => {
    await untilSettled(home(0), settledAtLast);
    await untilAgreed(NAMES);
    const address = village.deployment.contracts.energyLedger.address;
    for (const current of village.homes) {
      const final = (await batchesOf(current)).filter(({ transaction }) => transaction.state === "final").toSorted((a, b) => a.number - b.number);
      assert.ok(final.length >= 3, `${final.length} batches`);
      for (const name of NAMES) {
        // The cast: the standard's logs.
        const logs = (await nodeOf(name).rpc("eth_getLogs", [{ address, fromBlock: "0x0", toBlock: "latest" }])) as { topics: string[]; data: string; transactionHash: string }[];
        const committed = logs.flatMap((log) => {
          const event = ledgerInterface.parseLog(log);
          return event?.name === "BatchCommitted" && Number(event.args["node"]) === current.node ? [{ number: Number(event.args["number"]), hash: log.transactionHash }] : [];
        });
        assert.deepEqual(committed.map(({ number }) => number), committed.map((_, index) => index + 1), `${name}: each once, in order`);
        assert.deepEqual(committed.slice(0, final.length), final.map(({ number, transaction }) => ({ number, hash: transaction.hash })), name);
      }
    }
  });

  it("is verified whole, from any validator: each slot that was cleared from the chain, a home's batches from their readings", async () => {
    const { dashboard, node } = home(1);
    const { code, output } = await daisee("verify", "--community", "--gateway", dashboard, "--rpc", nodeOf("bert").rpcUrl, "--deployment", village.deploymentPath);
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`✔ node ${node}: the roots of [1-9]\\d* batches follow from \\d+ readings`));
  });

  it("ran without a crash", () => assert.deepEqual(failures, []));
});
