import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { computeAddress, decodeRlp, getAddress, id, SigningKey } from "ethers";
import { parse } from "smol-toml";
import { describeChain, type ChainDescription, type Peer } from "#chain/description.ts";
import type { LocalNode } from "#chain/engines/engine.ts";
import { NODE_ENGINES, nodeEngine } from "#chain/engines/engines.ts";
import { cliqueExtraData, qbftExtraData } from "#chain/engines/extra-data.ts";
import { RPC_METHODS } from "#chain/engines/rpc-methods.ts";
import { systemdUnit } from "#chain/engines/unit.ts";
import { needGeth } from "./geth.ts";

const run = promisify(execFile);

const peers = ["anna", "bert", "carla"].map((name, index): Peer => {
  const { publicKey } = new SigningKey(id(name));
  return { name, address: computeAddress(publicKey), nodeId: publicKey.slice(4), host: `192.168.1.${10 + index}`, port: 30303 };
});
const [anna = peers[0], bert, carla] = peers;
assert.ok(anna !== undefined && bert !== undefined && carla !== undefined);

function describe3(engine: ChainDescription["engine"], more: Partial<ChainDescription> = {}): ChainDescription {
  return describeChain({ engine, authorities: peers.map(({ address }) => address), peers, ...more });
}

const node: LocalNode = { peer: anna, rpcPort: 8545, listenHost: anna.host, seals: true };

/** One of an engine's files as JSON. */
function json(description: ChainDescription, path: string): Record<string, unknown> {
  const text = nodeEngine(description.engine).files(description, node).files[path];
  // The cast: what our own code wrote as an object.
  return JSON.parse(text ?? "") as Record<string, unknown>;
}

const hexAddress = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(`0x${Buffer.from(bytes).toString("hex")}`));

describe("extraData of Clique", () => {
  /** Published block 0s: go-ethereum's params and `core/genesis.go` (v1.9.25: Rinkeby, Görli). */
  const published = {
    rinkeby: {
      extraData:
        "0x52657370656374206d7920617574686f7269746168207e452e436172746d616e42eb768f2244c8811c63729a21a3569731535f067ffc57839b00206d1ad20c69a1981b489f772031b279182d99e65703f0076e4812653aab85fca0f0" +
        "00".repeat(65),
      signers: ["0xb279182d99e65703f0076e4812653aab85fca0f0", "0x42eb768f2244c8811c63729a21a3569731535f06", "0x7ffc57839b00206d1ad20c69a1981b489f772031"],
    },
    goerli: {
      extraData: `0x22466c6578692069732061207468696e6722202d204166726900000000000000e0a2bd4258d2768837baa26a28fe71dc079f84c7${"00".repeat(65)}`,
      signers: ["0xe0a2bd4258d2768837baa26a28fe71dc079f84c7"],
    },
  };

  for (const [name, { extraData, signers }] of Object.entries(published)) {
    it(`is laid out as ${name}'s, but for the motto in its first 32 bytes`, () => {
      assert.equal(cliqueExtraData(signers), `0x${"00".repeat(32)}${extraData.slice(66)}`);
    });
  }

  it("does not depend on the authorities' order or letters' case", () => {
    fc.assert(
      fc.property(fc.uniqueArray(hexAddress, { minLength: 1, maxLength: 9 }), (accounts) => {
        assert.equal(cliqueExtraData(accounts.toReversed()), cliqueExtraData(accounts.map((account) => account.toLowerCase())));
      }),
    );
  });
});

describe("extraData of QBFT", () => {
  /** Published: Besu's documentation ("Configure QBFT consensus"), istanbul-tools' README (`qbft extra encode`), GoQuorum's test of its encoder. */
  const published: [string, string, string[]][] = [
    [
      "Besu's documentation",
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549464a702e6263b7297a96638cac6ae65e6541f4169943923390ad55e90c237593b3b0e401f3b08a0318594aefdb9a738c9f433e5b6b212a6d62f6370c2f69294c7eeb9a4e00ce683cf93039b212648e01c6c6b78c080c0",
      ["0x64a702e6263b7297a96638cac6ae65e6541f4169", "0x3923390ad55e90c237593b3b0e401f3b08a03185", "0xaefdb9a738c9f433e5b6b212a6d62f6370c2f692", "0xc7eeb9a4e00ce683cf93039b212648e01c6c6b78"],
    ],
    ["Besu's documentation, validators from a contract", "0xe5a00000000000000000000000000000000000000000000000000000000000000000c0c080c0", []],
    [
      "istanbul-tools",
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f85494475cc98b5521ab2a1335683e7567c8048bfe79ed9407d8299de61faed3686ba4c4e6c3b9083d7e2371944fe035ce99af680d89e2c4d73aca01dbfc1bd2fd94dc421209441a754f79c4a4ecd2b49c935aad0312c080c0",
      ["0x475cc98b5521ab2a1335683e7567c8048bfe79ed", "0x07d8299de61faed3686ba4c4e6c3b9083d7e2371", "0x4fe035ce99af680d89e2c4d73aca01dbfc1bd2fd", "0xdc421209441a754f79c4a4ecd2b49c935aad0312"],
    ],
    [
      "GoQuorum's encoder",
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549444add0ec310f115a0e603b2d7db9f067778eaf8a94294fc7e8f22b3bcdcf955dd7ff3ba2ed833f8212946beaaed781d2d2ab6350f5c4566a2c6eaac407a6948be76812f765c24641ec63dc2852b378aba2b440c080c0",
      ["0x44add0ec310f115a0e603b2d7db9f067778eaf8a", "0x294fc7e8f22b3bcdcf955dd7ff3ba2ed833f8212", "0x6beaaed781d2d2ab6350f5c4566a2c6eaac407a6", "0x8be76812f765c24641ec63dc2852b378aba2b440"],
    ],
  ];

  for (const [source, extraData, validators] of published) {
    it(`holds what ${source} shows`, () => {
      // The published ones list validators as they were named, ours in ascending order: the lists are compared as sets, all else byte for byte.
      // The casts: RLP's nested lists of strings.
      const [vanity, list, ...rest] = decodeRlp(qbftExtraData(validators)) as [string, string[], ...unknown[]];
      const [theirVanity, theirList, ...theirRest] = decodeRlp(extraData) as [string, string[], ...unknown[]];
      assert.deepEqual([vanity, rest, list], [theirVanity, theirRest, theirList.toSorted()]);
      assert.equal(qbftExtraData(validators).length, extraData.length);
    });
  }
});

describe("a geth validator's files", () => {
  it("begin at Berlin with free gas: later rules would ask for a base fee", () => {
    const { config } = json(describe3("clique"), "genesis.json");
    assert.ok(typeof config === "object" && config !== null);
    assert.equal("berlinBlock" in config, true);
    assert.equal("londonBlock" in config || "terminalTotalDifficulty" in config, false);
  });

  it("carry balances in wei, exactly", () => {
    const wei = (10n ** 27n + 1n).toString();
    const { alloc } = json(describe3("clique", { balances: { [bert.address]: wei } }), "genesis.json");
    assert.deepEqual(alloc, { [bert.address.slice(2).toLowerCase()]: { balance: `0x${(10n ** 27n + 1n).toString(16)}` } });
  });

  it("name the other nodes and not this one, and listen where the description says", () => {
    const { files } = NODE_ENGINES.clique.files(describe3("clique"), node);
    const { Node } = parse(files["config.toml"] ?? "");
    // The cast: what our own code wrote.
    const { P2P } = Node as { P2P: Record<string, unknown> };
    assert.deepEqual(P2P["StaticNodes"], [bert, carla].map(({ nodeId, host, port }) => `enode://${nodeId}@${host}:${port}`));
    assert.deepEqual([P2P["ListenAddr"], P2P["NoDiscovery"]], ["192.168.1.10:30303", true]);
  });

  it("ask geth for no HTTP server, and name its key by address alone: the password comes over the socket", () => {
    const words = NODE_ENGINES.clique.arguments(describe3("clique"), node, { folder: "/node", passwordPath: "/run/password", keyPath: "/run/key" });
    assert.equal(words.some((word) => /^--(http|ws|allow-insecure-unlock|mine|unlock|password)\b/.test(word)), false);
    assert.equal(words[words.indexOf("--miner.etherbase") + 1], anna.address);
    assert.deepEqual(words.filter((word) => word.includes("/run/")), []);
    const following = NODE_ENGINES.clique.arguments(describe3("clique"), { ...node, seals: false }, { folder: "/node", passwordPath: "", keyPath: "" });
    assert.deepEqual(following.filter((word) => /keystore|etherbase|personal/.test(word)), []);
  });
});

describe("geth itself", function () {
  let geth = "";
  let dir: string;
  before(async function () {
    geth = await needGeth(this);
    dir = await mkdtemp(join(tmpdir(), "daisee-geth-"));
  });
  after(async () => {
    if (dir !== undefined) await rm(dir, { recursive: true });
  });

  it("makes block 0 from ours, and reads the same authorities and balances out of it", async () => {
    const description = describe3("clique", { balances: { [bert.address]: "12345678901234567890123" }, genesisSeconds: 1_500_000_000 });
    const genesis = json(description, "genesis.json");
    await writeFile(join(dir, "genesis.json"), JSON.stringify(genesis));
    await run(geth, ["init", "--datadir", join(dir, "data"), "--state.scheme", "hash", join(dir, "genesis.json")]);
    const { stdout } = await run(geth, ["dumpgenesis", "--datadir", join(dir, "data")]);
    // The cast: geth's JSON.
    const dumped = JSON.parse(stdout) as Record<string, unknown>;
    for (const field of ["extraData", "gasLimit", "timestamp", "difficulty"]) assert.equal(dumped[field], genesis[field], field);
    assert.deepEqual(dumped["config"], genesis["config"]);
    assert.deepEqual(dumped["alloc"], genesis["alloc"]);
  });

  it("shows the published Görli block 0 laid out as ours", async () => {
    const { stdout } = await run(geth, ["--goerli", "dumpgenesis"], { maxBuffer: 1e8 });
    // The cast: geth's JSON.
    const { extraData } = JSON.parse(stdout) as { extraData: string };
    assert.equal(`0x${"00".repeat(32)}${extraData.slice(66)}`, cliqueExtraData(["0xe0a2bd4258d2768837baa26a28fe71dc079f84c7"]));
  });
});

describe("a Besu validator's files", () => {
  it("have the published shape of a QBFT block 0 with free gas", () => {
    const genesis = json(describe3("qbft"), "genesis.json");
    // Besu's documentation, "Configure QBFT consensus" and "Free gas networks".
    assert.deepEqual(genesis["config"], {
      chainId: 8995,
      berlinBlock: 0,
      londonBlock: 0,
      zeroBaseFee: true,
      qbft: { blockperiodseconds: 5, epochlength: 30_000, requesttimeoutseconds: 10 },
    });
    assert.equal(genesis["mixHash"], `0x${Buffer.from("ctical byzantine fault tolerance").toString("hex")}`);
    assert.equal(genesis["difficulty"], "0x1");
  });

  it("bind its interfaces to where they belong", () => {
    const { files } = NODE_ENGINES.qbft.files(describe3("qbft"), node);
    const config = parse(files["config.toml"] ?? "");
    assert.deepEqual([config["rpc-http-host"], config["p2p-interface"], config["discovery-enabled"]], ["127.0.0.1", "192.168.1.10", false]);
    assert.deepEqual(JSON.parse(files["static-nodes.json"] ?? ""), [bert, carla].map(({ nodeId, host }) => `enode://${nodeId}@${host}:30303`));
  });
});

describe("a Nethermind validator's files", () => {
  /**
   * Names in published chain specifications: `src/Nethermind/Chains/energyweb.json` and `AuRaTest.json` of NethermindEth/nethermind;
   * `chainID` and EIP-150 and 155 from its reader, `ChainSpecParamsJson`.
   */
  const PUBLISHED = {
    engine: ["stepDuration", "blockReward", "maximumUncleCountTransition", "maximumUncleCount", "validators", "blockRewardContractAddress", "blockRewardContractTransition"],
    params: "networkID maximumExtraDataSize gasLimitBoundDivisor minGasLimit maxCodeSize maxCodeSizeTransition registrar chainID"
      .split(" ")
      .concat([140, 145, 150, 152, 155, 211, 214, 658, 1014, 1052, 1108, 1283, 1344, 1706, 1884, 2028, 2200, 2929, 2930, 1559, 3198, 3529, 3541].map((eip) => `eip${eip}Transition`)),
  };
  type Chainspec = {
    engine: { authorityRound: { params: Record<string, unknown> } };
    params: Record<string, unknown>;
    genesis: Record<string, unknown>;
  };
  // The cast: what our own code wrote.
  const chainspec = (more: Partial<ChainDescription> = {}): Chainspec => json(describe3("aura", more), "chainspec.json") as unknown as Chainspec;

  it("use no name that published chain specifications do not have", () => {
    const { engine, params } = chainspec();
    for (const name of Object.keys(engine.authorityRound.params)) assert.ok(PUBLISHED.engine.includes(name), name);
    for (const name of Object.keys(params)) assert.ok(PUBLISHED.params.includes(name), name);
  });

  it("have the published block 0's seal, and no base fee", () => {
    const { genesis, params } = chainspec();
    // energyweb.json
    assert.deepEqual(genesis["seal"], { authorityRound: { step: "0x0", signature: `0x${"0".repeat(130)}` } });
    assert.equal(genesis["difficulty"], "0x20000");
    assert.equal("eip1559Transition" in params, false);
  });

  it("list the authorities, and by block where they change, as AuRaTest.json does", () => {
    const list = peers.map(({ address }) => address);
    assert.deepEqual(chainspec().engine.authorityRound.params["validators"], { list });
    const changed = chainspec({ authorityChanges: [{ fromBlock: 1200, authorities: [anna.address] }] });
    assert.deepEqual(changed.engine.authorityRound.params["validators"], { multi: { "0": { list }, "1200": { list: [anna.address] } } });
  });

  it("let through no call that could sign or administer", () => {
    const filter = NODE_ENGINES.aura.files(describe3("aura"), node).files["jsonrpc.filter"]?.trim().split("\n") ?? [];
    const passes = (method: string): boolean => filter.some((line) => new RegExp(line).test(method));
    assert.deepEqual(RPC_METHODS.filter((method) => !passes(method)), []);
    for (const method of ["eth_sendTransaction", "eth_sign", "eth_accounts", "personal_unlockAccount", "admin_addPeer", "eth_signTransaction"]) assert.equal(passes(method), false, method);
  });
});

describe("a node's service", () => {
  for (const [kind, engine] of Object.entries(NODE_ENGINES)) {
    it(`of ${kind} has a user of its own, a folder that it may write, a memory limit, and its password as a credential`, () => {
      const unit = systemdUnit(engine, node);
      for (const line of ["ProtectSystem=strict", "NoNewPrivileges=true", "CapabilityBoundingSet=", "User=daisee-chain", `MemoryMax=${engine.memoryMax}`, "ReadWritePaths=/var/lib/daisee-chain/anna"]) {
        assert.ok(unit.split("\n").includes(line), line);
      }
      assert.match(unit, /^LoadCredential=password:\/etc\/daisee-chain\/anna\.password$/m);
      assert.equal(systemdUnit(engine, { ...node, seals: false }).includes("LoadCredential"), false);
    });
  }

  it("is what systemd takes, and finds hardly exposed", async function () {
    const dir = await mkdtemp(join(tmpdir(), "daisee-unit-"));
    try {
      const path = join(dir, "daisee-chain.service");
      // The program is not where it will be on a Pi, and systemd looks.
      await writeFile(path, systemdUnit(NODE_ENGINES.clique, node).replace("/usr/local/bin/daisee", process.execPath));
      await run("systemd-analyze", ["verify", path]).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        if (this.test) this.test.title += " (skipped: there is no systemd-analyze)";
        this.skip();
      });
      // Tenths: exits with an error above it.
      await run("systemd-analyze", ["security", "--offline=true", "--threshold=20", path]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
