/** What a geth node of ours does that only geth can show. The village on top of it: tests/community/validators.test.ts. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Transaction, Wallet, id } from "ethers";
import { commandOf } from "#chain/command.ts";
import { createConsensus } from "#chain/consensus.ts";
import { describeChain } from "#chain/description.ts";
import { watchHealth } from "#chain/node/health.ts";
import { connectChain } from "#chain/provider.ts";
import { readStatus } from "#chain/status.ts";
import { transact } from "#chain/transact.ts";
import { eventually, height, makeNetwork, needGeth, type TestNetwork } from "./geth.ts";

const CHAIN_ID = 0x2323;

describe("a geth node", function () {
  let network: TestNetwork;
  before(async function () {
    await needGeth(this);
  });
  afterEach(() => network.close());

  it("takes free transactions into whoever's block is next, wherever they were submitted", async () => {
    network = await makeNetwork(["anna", "bert", "carla"]);
    const [anna, bert, carla] = await Promise.all(network.folders.map((folder) => network.start(folder)));
    const [folder] = network.folders;
    assert.ok(anna !== undefined && bert !== undefined && carla !== undefined && folder !== undefined);
    // By then each of them has begun.
    await eventually(async () => ((await height(bert)) >= 3 ? true : null));
    // Bert makes no block from here on, so what is given to him must get into another's.
    await bert.rpc("miner_stop");
    const provider = connectChain(bert.rpcUrl, CHAIN_ID);
    const signer = new Wallet(id("free"));
    const { blockNumber } = await transact({ provider, signer, to: signer.address, data: "0x", gasLimit: 30_000 });
    provider.destroy();
    const { description, node } = folder;
    const block = await eventually(() => createConsensus(description, anna.rpc).block(blockNumber));
    const found = await readStatus(description, anna.rpc, Date.now());
    assert.deepEqual(new Set(found.authorities), new Set(description.authorities));
    assert.ok(found.authorities.includes(block.sealer));
    assert.notEqual(block.sealer, network.folders[1]?.node.peer.address);
    assert.deepEqual([found.finalityDepth, found.stalled, found.peers, found.genesisHash, node.seals], [4, false, 2, anna.genesisHash, true]);
  });

  it("loses no block when every validator is killed at once, as a power cut in the village does", async () => {
    network = await makeNetwork(["anna"]);
    const [folder] = network.folders;
    assert.ok(folder !== undefined);
    const first = await network.start(folder);
    const provider = connectChain(first.rpcUrl, CHAIN_ID);
    const signer = new Wallet(id("power cut"));
    const { hash, blockHash } = await transact({ provider, signer, to: signer.address, data: "0x", gasLimit: 30_000 });
    const before = await eventually(async () => ((await height(first)) >= 3 ? height(first) : null));
    await first.kill();
    const again = await network.start(folder);
    assert.ok((await height(again)) >= before);
    const receipt = await eventually(() => provider.getTransactionReceipt(hash).catch(() => null));
    assert.equal(receipt.blockHash, blockHash);
    provider.destroy();
  });

  it("makes the same block 0 again where its data were wiped", async () => {
    network = await makeNetwork(["anna"]);
    const [folder] = network.folders;
    assert.ok(folder !== undefined);
    const first = await network.start(folder);
    await first.stop();
    await rm(join(folder.path, "data", "geth", "chaindata"), { recursive: true });
    const again = await network.start(folder);
    assert.equal(again.genesisHash, first.genesisHash);
  });

  it("says so when a peer has another block 0", async () => {
    network = await makeNetwork(["anna", "bert"]);
    const [anna, bert] = network.folders;
    assert.ok(anna !== undefined && bert !== undefined);
    const warnings: string[] = [];
    await network.start(anna, { onWarning: (warning) => warnings.push(warning) });
    const other = { ...bert, description: describeChain({ ...bert.description, gasLimit: 7_000_000 }) };
    await network.start(other, { onWarning: (warning) => warnings.push(warning) });
    const warning = await eventually(async () => warnings[0] ?? null);
    assert.match(warning, /a peer has another block 0 .*Compare chain\.json .*daisee chain export/);
  });

  it("tells in plain words that the chain stands, and that it goes on", async () => {
    network = await makeNetwork(["anna", "bert"]);
    const [anna, bert] = network.folders;
    assert.ok(anna !== undefined && bert !== undefined);
    const node = await network.start(anna);
    const said: string[] = [];
    const watching = new AbortController();
    const watch = watchHealth({ folder: anna, rpc: node.rpc, nowMs: () => Date.now(), onChange: (text) => said.push(text), signal: watching.signal });
    const says = (pattern: RegExp) => eventually(async () => said.findLast((text) => pattern.test(text)) ?? null);
    await says(/this node is an authority/);
    await says(/stalled: no block since \d+; more than half of the 2 authorities must run/);
    said.splice(0);
    await network.start(bert);
    await says(/1 peer connected/);
    await says(/blocks are made/);
    watching.abort();
    await watch;
  });

  it("tells whose clock is wrong from when blocks come: here the one that looks, which is more than a second ahead", async () => {
    network = await makeNetwork(["anna"]);
    const [anna] = network.folders;
    assert.ok(anna !== undefined);
    const node = await network.start(anna);
    // A neighbour that only follows, for whom all blocks are another's; its clock and one that is right look at the same blocks.
    const bert = { ...anna, node: { ...anna.node, peer: { ...anna.node.peer, address: new Wallet(id("bert")).address } } };
    const watching = new AbortController();
    const watch = (aheadMs: number, said: string[]): Promise<void> =>
      watchHealth({ folder: bert, rpc: node.rpc, nowMs: () => Date.now() + aheadMs, onChange: (text) => said.push(text), signal: watching.signal });
    const [skewed, right]: string[][] = [[], []];
    const watches = [watch(1700, skewed ?? []), watch(0, right ?? [])];
    await eventually(async () => skewed?.find((text) => /this machine's clock is ahead, or the network is slow; set the clock by NTP/.test(text)) ?? null);
    assert.deepEqual(right?.filter((text) => /clock/.test(text)), ["the clocks agree"]);
    watching.abort();
    await Promise.all(watches);
  });

  it("that a killed supervisor left behind is ended by the next start, and never runs twice", async () => {
    network = await makeNetwork(["anna"]);
    const [folder] = network.folders;
    assert.ok(folder !== undefined);
    const child = fork(join(import.meta.dirname, "node-child.ts"), [folder.path, network.passwordPath], { execArgv: ["--import", "tsx"] });
    // The cast: what the child sends.
    const [pid] = (await once(child, "message")) as [number];
    await assert.rejects(network.start(folder), /runs the chain of .* already; stop it first/);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.match(await commandOf(pid), /geth/, "it is an orphan now");
    await network.start(folder);
    assert.equal(await commandOf(pid), "");
  });

  it("keeps a transaction that it was given, by its own hash, over a restart", async () => {
    network = await makeNetwork(["anna", "bert"]);
    const [anna] = network.folders;
    assert.ok(anna !== undefined);
    // Alone of two it makes at most one block: the transaction has to wait.
    const first = await network.start(anna);
    const signer = new Wallet(id("waits"));
    const raw = await signer.signTransaction({ type: 0, gasPrice: 0, chainId: CHAIN_ID, nonce: 5, to: signer.address, gasLimit: 21_000 });
    assert.equal(await first.rpc("eth_sendRawTransaction", [raw]), Transaction.from(raw).hash);
    await first.stop();
    const again = await network.start(anna);
    await eventually(async () => again.rpc("eth_getTransactionByHash", [Transaction.from(raw).hash]));
  });
});
