/**
 * @module
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Wallet, id, type JsonRpcProvider } from "ethers";
import { startAnvil, type Anvil } from "#chain/anvil.ts";
import { connectChain } from "#chain/provider.ts";
import { transact } from "#chain/transact.ts";

const CHAIN_ID = 0x2323;
const RECEIVER = "0x00000000000000000000000000000000000000aa";

describe("transact", () => {
  const signer = new Wallet(id("transact"));
  let anvil: Anvil;
  let provider: JsonRpcProvider;

  before(async () => {
    anvil = await startAnvil({ port: 0 });
    provider = connectChain(anvil.rpcUrl, CHAIN_ID);
    await provider.send("evm_setAutomine", [false]);
  });
  after(async () => {
    provider.destroy();
    await anvil.stop();
  });

  const send = (data: string, nonce?: number) =>
    transact({ provider, signer, to: RECEIVER, data, gasLimit: 60_000, ...(nonce !== undefined && { nonce }) });

  const nonceAt = (block: "latest" | "pending"): Promise<number> => provider.getTransactionCount(signer.address, block);

  /** Waits until a transaction waits for a block. */
  async function untilPending(): Promise<void> {
    while ((await nonceAt("pending")) <= (await nonceAt("latest"))) await sleep(5);
  }

  it("comes behind another one of its account that waits, as after a block that was given up", async () => {
    const first = send("0x01");
    await untilPending();
    const second = send("0x02");
    // The first is in the way until it is in a block; only then the second gets a nonce of its own.
    await sleep(400);
    await provider.send("evm_mine", []);
    await first;
    await untilPending();
    await provider.send("evm_mine", []);
    const [one, two] = await Promise.all([first, second]);
    assert.deepEqual([one.status, two.status], [1, 1]);
    assert.ok(two.blockNumber > one.blockNumber);
  });

  it("is refused when the nonce was its caller's choice", async () => {
    const nonce = await nonceAt("latest");
    const waiting = send("0x03");
    await untilPending();
    await assert.rejects(send("0x04", nonce), /underpriced|fee too low/);
    await provider.send("evm_mine", []);
    await waiting;
  });
});
