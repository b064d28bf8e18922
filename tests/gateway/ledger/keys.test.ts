import assert from "node:assert/strict";
import { Interface } from "ethers";
import { meterRegistryAbi } from "#contracts/dist/abi.ts";
import { nodeKeyOf } from "#gateway/ledger/node-key.ts";
import { saltKeyOf } from "#gateway/ledger/leaf.ts";
import { verifyReading } from "#gateway/ledger/verify.ts";
import { BOARD_ID } from "./records.ts";
import { assertSettled, CHAIN_ID, openHome, startVillage, until, untilFinal, wallet, type Home, type Village } from "./village.ts";

const READING = { boardId: BOARD_ID, boot: 1, sequence: 7 };

describe("ledger and its key", function () {
  let village: Village;
  let home: Home;
  beforeEach(async () => {
    village = await startVillage();
    home = await openHome(village);
  });
  afterEach(async () => {
    await home.close();
    await village.close();
  });

  const locked = () => ({ key: { address: village.signer.address, wallet: null, problem: "The node's key is locked.", saltKeys: [] } });

  it("keeps and shows everything while it is locked, signs nothing, and commits all of it once it is open", async () => {
    const ledger = home.start(locked());
    assert.equal(ledger.status().detail, "The node's key is locked.");
    await home.measure(0, 2);
    await until(() => ledger.status().state === "locked" && ledger.status().headNumber !== null);
    assert.equal(ledger.status().detail, "The node's key is locked.");
    assert.deepEqual(ledger.neighbours().map(({ node }) => node), [village.node]);
    assert.deepEqual(await home.store.batches({ limit: 1 }), []);
    await home.drop();
    home.start();
    await untilFinal(home.store, 1);
    await assertSettled(village, home.store);
  });

  it("sees through, locked, what was signed before; of proofs it says that they need the key", async () => {
    home.proxy.fate = (method) => (method === "eth_sendRawTransaction" ? "lose request" : "pass");
    home.start();
    await home.measure(0, 1);
    await until(async () => (await home.store.batch(1)) !== null);
    await home.drop();
    home.proxy.fate = () => "pass";
    const ledger = home.start(locked());
    await untilFinal(home.store, 1);
    await assertSettled(village, home.store);
    await assert.rejects(ledger.proof(READING), { name: "KeyLocked" });
  });

  it("goes on under a new key once the registry names it: what waits is signed anew, what was committed stays provable", async () => {
    home.start();
    await home.measure(0, 1);
    await untilFinal(home.store, 1);
    home.proxy.fate = (method) => (method === "eth_sendRawTransaction" ? "lose request" : "pass");
    await home.measure(1, 1);
    await until(async () => (await home.store.batch(2)) !== null);
    await home.drop();
    home.proxy.fate = () => "pass";

    const fresh = wallet("fresh gateway");
    const ledger = home.start({ key: nodeKeyOf(fresh, [saltKeyOf(village.signer.privateKey)]) });
    await until(() => /UnknownGateway/.test(ledger.status().detail ?? ""));
    await nameGateway(fresh.address);
    await untilFinal(home.store, 2);
    await home.measure(2, 1);
    await untilFinal(home.store, 3);
    await assertSettled(village, home.store);
    const proof = await ledger.proof(READING);
    const checks = await verifyReading({ proof, provider: village.provider, deployment: village.deployment });
    assert.deepEqual(checks.filter(({ ok }) => !ok), []);
  });

  async function nameGateway(address: string): Promise<void> {
    const { registrar, provider, deployment } = village;
    const nonce = await provider.getTransactionCount(registrar.address, "latest");
    const data = new Interface(meterRegistryAbi).encodeFunctionData("replaceGateway", [village.node, address]);
    const to = deployment.contracts.meterRegistry.address;
    const raw = await registrar.signTransaction({ type: 0, chainId: CHAIN_ID, nonce, gasPrice: 0n, gasLimit: 200_000n, to, data });
    await village.rpc("eth_sendRawTransaction", [raw]);
  }
});
