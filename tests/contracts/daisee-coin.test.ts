import assert from "node:assert/strict";
import { MaxUint256, Signature, ZeroAddress, toBeHex, type TypedDataDomain, type Wallet } from "ethers";
import { ROLES } from "#contracts/roles.ts";
import { COIN_CAP, refusesToBuild, useVillage } from "./village.ts";

const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

describe("DaiseeCoin", () => {
  const village = useVillage();

  async function domain(change: TypedDataDomain = {}): Promise<TypedDataDomain> {
    const v = village();
    const { chainId } = await v.provider.getNetwork();
    return { name: "DAISEE Coin", version: "1", chainId, verifyingContract: await v.coin.getAddress(), ...change };
  }

  async function permit(owner: Wallet, signer: Wallet, values: { value?: bigint; nonce?: number; deadline?: bigint }, change?: TypedDataDomain): Promise<unknown[]> {
    const { value = 50n, nonce = 0, deadline = MaxUint256 } = values;
    const message = { owner: owner.address, spender: village().stranger.address, value, nonce, deadline };
    const { v, r, s } = Signature.from(await signer.signTypedData(await domain(change), PERMIT, message));
    return [owner.address, message.spender, value, deadline, v, r, s];
  }

  it("has a name, a symbol, six decimals and a cap", async () => {
    const v = village();
    const facts = [];
    for (const name of ["name", "symbol", "decimals", "cap"]) facts.push(await v.read(v.coin, name));
    assert.deepEqual(facts, ["DAISEE Coin", "DAISEE", 6n, COIN_CAP]);
  });

  it("is minted by the treasurer up to the cap, and burnt by whoever has it", async () => {
    const v = village();
    await v.refuses(v.stranger, v.coin, "mint", [v.stranger.address, 1], "AccessControlUnauthorizedAccount", [v.stranger.address, ROLES.treasurer]);
    await v.send(v.community, v.coin, "mint", [v.gateway.address, COIN_CAP]);
    await v.refuses(v.community, v.coin, "mint", [v.gateway.address, 1], "ERC20ExceededCap", [COIN_CAP + 1n, COIN_CAP]);
    await v.send(v.gateway, v.coin, "burn", [10n]);
    assert.equal(await v.read(v.coin, "totalSupply"), COIN_CAP - 10n);
    await v.send(v.community, v.coin, "mint", [v.gateway.address, 10n]);
  });

  it("is transferred, also for somebody who allowed it, and not beyond that", async () => {
    const v = village();
    await v.send(v.community, v.coin, "mint", [v.gateway.address, 100n]);
    await v.send(v.gateway, v.coin, "transfer", [v.stranger.address, 40n]);
    await v.refuses(v.gateway, v.coin, "transfer", [v.stranger.address, 61n], "ERC20InsufficientBalance", [v.gateway.address, 60n, 61n]);
    await v.send(v.gateway, v.coin, "approve", [v.otherGateway.address, 5n]);
    await v.send(v.otherGateway, v.coin, "transferFrom", [v.gateway.address, v.otherGateway.address, 5n]);
    await v.refuses(v.otherGateway, v.coin, "transferFrom", [v.gateway.address, v.otherGateway.address, 1n], "ERC20InsufficientAllowance", [v.otherGateway.address, 0n, 1n]);
  });

  it("goes to and from nobody, and is not allowed to nobody", async () => {
    const v = village();
    await v.send(v.community, v.coin, "mint", [v.gateway.address, 10n]);
    await v.refuses(v.gateway, v.coin, "transfer", [ZeroAddress, 1n], "ERC20InvalidReceiver", [ZeroAddress]);
    await v.refuses(v.gateway, v.coin, "approve", [ZeroAddress, 1n], "ERC20InvalidSpender", [ZeroAddress]);
    await v.send(v.gateway, v.coin, "approve", [v.stranger.address, 4n]);
    await v.send(v.stranger, v.coin, "burnFrom", [v.gateway.address, 3n]);
    await v.refuses(v.stranger, v.coin, "burnFrom", [v.gateway.address, 2n], "ERC20InsufficientAllowance", [v.stranger.address, 1n, 2n]);
    assert.equal(await v.read(v.coin, "totalSupply"), 7n);
  });

  it("is paused by the guardian: then nothing moves, not even a mint or a burn", async () => {
    const v = village();
    await v.send(v.community, v.coin, "mint", [v.gateway.address, 100n]);
    await v.refuses(v.stranger, v.coin, "pause", [], "AccessControlUnauthorizedAccount", [v.stranger.address, ROLES.guardian]);
    await v.refuses(v.community, v.coin, "unpause", [], "ExpectedPause", []);
    await v.send(v.community, v.coin, "pause", []);
    assert.equal(await v.read(v.coin, "paused"), true);
    await v.refuses(v.community, v.coin, "pause", [], "EnforcedPause", []);
    await v.refuses(v.gateway, v.coin, "transfer", [v.stranger.address, 1n], "EnforcedPause", []);
    await v.refuses(v.gateway, v.coin, "burn", [1n], "EnforcedPause", []);
    await v.refuses(v.community, v.coin, "mint", [v.gateway.address, 1n], "EnforcedPause", []);
    await v.send(v.community, v.coin, "unpause", []);
    await v.send(v.gateway, v.coin, "transfer", [v.stranger.address, 1n]);
  });

  it("takes the owner's permit as an allowance, once", async () => {
    const v = village();
    const owner = v.gateway;
    const values = await permit(owner, owner, {});
    await v.send(v.otherGateway, v.coin, "permit", values);
    assert.equal(await v.read(v.coin, "allowance", owner.address, v.stranger.address), 50n);
    assert.equal(await v.read(v.coin, "nonces", owner.address), 1n);
    await v.refuses(v.otherGateway, v.coin, "permit", values, "ERC2612InvalidSigner");
    await v.send(v.otherGateway, v.coin, "permit", await permit(owner, owner, { nonce: 1, value: 3n }));
    assert.equal(await v.read(v.coin, "allowance", owner.address, v.stranger.address), 3n);
  });

  it("refuses a permit that is another's, changed, expired, or for another coin, chain or turn", async () => {
    const v = village();
    const owner = v.gateway;
    const head = await v.provider.getBlock("latest");
    const past = BigInt((head?.timestamp ?? 0) - 1);
    await v.refuses(v.stranger, v.coin, "permit", await permit(owner, v.stranger, {}), "ERC2612InvalidSigner", [v.stranger.address, owner.address]);
    await v.refuses(v.stranger, v.coin, "permit", await permit(owner, owner, { deadline: past }), "ERC2612ExpiredSignature", [past]);
    await v.refuses(v.stranger, v.coin, "permit", await permit(owner, owner, { nonce: 1 }), "ERC2612InvalidSigner");
    for (const change of [{ chainId: 1 }, { verifyingContract: await v.ledger.getAddress() }, { name: "Other Coin" }, { version: "2" }]) {
      await v.refuses(v.stranger, v.coin, "permit", await permit(owner, owner, {}, change), "ERC2612InvalidSigner");
    }
    const values = await permit(owner, owner, {});
    await v.refuses(v.stranger, v.coin, "permit", values.with(2, 51n), "ERC2612InvalidSigner");
    await v.refuses(v.stranger, v.coin, "permit", values.with(6, `0x${"00".repeat(32)}`), "ECDSAInvalidSignature");
    // The same signature's other form (EIP-2): n - s and the other parity.
    const other = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n - BigInt(String(values[6]));
    await v.refuses(v.stranger, v.coin, "permit", values.with(6, toBeHex(other, 32)).with(4, values[4] === 27 ? 28 : 27), "ECDSAInvalidSignatureS");
  });

  it("has the same domain as EIP-712 has for it", async () => {
    const v = village();
    const { TypedDataEncoder } = await import("ethers");
    assert.equal(await v.read(v.coin, "DOMAIN_SEPARATOR"), TypedDataEncoder.hashDomain(await domain()));
  });

  it("refuses to be built without a registry or a cap", async () => {
    const v = village();
    const registry = await v.registry.getAddress();
    await refusesToBuild(v.provider, "DaiseeCoin", [registry, 0], "ERC20InvalidCap", [0]);
    await refusesToBuild(v.provider, "DaiseeCoin", [ZeroAddress, 1], "ZeroRegistry", []);
  });
});
