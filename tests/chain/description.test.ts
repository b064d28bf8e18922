import assert from "node:assert/strict";
import { computeAddress, getAddress, SigningKey, id } from "ethers";
import { describeChain, type Peer } from "#chain/description.ts";

const ANNA = getAddress(`0x${"a1".repeat(20)}`);
const BERT = getAddress(`0x${"b2".repeat(20)}`);

function peer(name: string, more: Partial<Peer> = {}): Peer {
  const { publicKey } = new SigningKey(id(name));
  return { name, address: computeAddress(publicKey), nodeId: publicKey.slice(4), host: `192.168.1.${name.charCodeAt(0)}`, port: 30303, ...more };
}

describe("describeChain", () => {
  it("is the first DAISEE's chain, kept by the embedded engine, unless said otherwise", () => {
    assert.deepEqual(describeChain(), {
      engine: "anvil",
      chainId: 0x2323,
      periodSeconds: 5,
      gasLimit: 30_000_000,
      genesisSeconds: 0,
      authorities: [],
      authorityChanges: [],
      balances: {},
      peers: [],
    });
    assert.equal(describeChain({ periodSeconds: 1 }).periodSeconds, 1);
  });

  it("refuses a figure that no chain can have, naming its field", () => {
    for (const [field, value] of Object.entries({ chainId: 0, periodSeconds: 0, gasLimit: 21_000, genesisSeconds: -1, engine: "ethash" })) {
      assert.throws(() => describeChain({ [field]: value }), new RegExp(`description is wrong:[^]*${field}`));
    }
  });

  it("refuses a field that it does not know", () => {
    assert.throws(() => describeChain({ blockTime: 5 }), /blockTime/);
  });

  for (const engine of ["clique", "qbft", "aura"]) {
    it(`refuses ${engine} without an authority, with one twice (however it is written), and with a part of a second`, () => {
      assert.throws(() => describeChain({ engine, authorities: [] }), /there is none, so nobody could make a block[^]*authorities/);
      assert.throws(() => describeChain({ engine, authorities: [ANNA, BERT, ANNA.toLowerCase()] }), new RegExp(`${ANNA} is there twice`));
      assert.throws(() => describeChain({ engine, authorities: [ANNA], periodSeconds: 1.5 }), /whole seconds/);
    });
  }

  it("takes addresses in any case, and refuses one whose checksum is wrong", () => {
    assert.deepEqual(describeChain({ engine: "clique", authorities: [ANNA.toLowerCase()] }).authorities, [ANNA]);
    const [digit = ""] = /[a-f]/i.exec(ANNA.slice(2)) ?? [];
    const mistyped = ANNA.replace(digit, digit === digit.toLowerCase() ? digit.toUpperCase() : digit.toLowerCase());
    assert.throws(() => describeChain({ engine: "clique", authorities: [mistyped] }), /checksum is wrong/);
  });

  it("refuses two peers of one name, key, account or place", () => {
    const [anna, bert] = [peer("anna"), peer("bert")];
    const refused: [Partial<Peer>, RegExp][] = [
      [{ name: "anna" }, /two have the name anna/],
      [{ nodeId: anna.nodeId }, /two have the nodeId/],
      [{ address: anna.address }, /two have the address/],
      [{ host: anna.host, port: anna.port }, /two are at/],
    ];
    for (const [same, message] of refused) assert.throws(() => describeChain({ peers: [anna, { ...bert, ...same }] }), message);
    assert.equal(describeChain({ peers: [anna, { ...bert, host: anna.host, port: 30304 }] }).peers.length, 2);
  });

  it("refuses a peer that is no name, no key or no address in a network", () => {
    for (const wrong of [{ name: "../anna" }, { name: "Anna" }, { nodeId: "04ab" }, { host: "anna.local" }, { port: 0 }]) {
      assert.throws(() => describeChain({ peers: [peer("anna", wrong)] }), new RegExp(Object.keys(wrong)[0] ?? ""));
    }
  });

  it("wants a node's key to be the account's own where the engine does", () => {
    const wrong = peer("anna", { address: BERT });
    for (const engine of ["qbft", "aura"]) assert.throws(() => describeChain({ engine, authorities: [BERT], peers: [wrong] }), /not its account's public key/);
    assert.equal(describeChain({ engine: "clique", authorities: [BERT], peers: [wrong] }).peers[0]?.address, BERT);
  });

  it("takes lists of authorities by block for AuRa alone, and in order", () => {
    const change = (fromBlock: number) => ({ fromBlock, authorities: [BERT] });
    assert.throws(() => describeChain({ engine: "clique", authorities: [ANNA], authorityChanges: [change(9)] }), /by votes in blocks/);
    assert.throws(() => describeChain({ engine: "aura", authorities: [ANNA], authorityChanges: [change(9), change(9)] }), /must ascend/);
    assert.equal(describeChain({ engine: "aura", authorities: [ANNA], authorityChanges: [change(9), change(10)] }).authorityChanges.length, 2);
  });
});
