import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ZeroHash, getAddress, id } from "ethers";
import { readDeployment, writeDeployment, type Deployment } from "#chain/record.ts";

const deployment: Deployment = {
  version: 1,
  chainId: 0x2323,
  genesisHash: ZeroHash,
  slotSeconds: 900,
  community: "0x52908400098527886E0F7030069857D2E4169EE7",
  coinCap: "1000000000000000",
  terms: { importPrice: 300_000, exportPrice: 80_000, lossPermille: 100, lossMwh: 1000, graceSeconds: 300 },
  contracts: {
    meterRegistry: { address: "0x8617E340B3D01FA5F11F306F4090FD50E238070D", codeHash: id("a") },
    daiseeCoin: { address: getAddress(`0x${"c0".repeat(20)}`), codeHash: id("b") },
    energyLedger: { address: getAddress(`0x${"e1".repeat(20)}`), codeHash: id("c") },
    energyExchange: { address: getAddress(`0x${"ee".repeat(20)}`), codeHash: id("d") },
  },
};

describe("the deployment's record", () => {
  let dir: string;
  let path: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-record-"));
    path = join(dir, "deployment.json");
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it("reads what was written, and leaves no other file", async () => {
    await writeDeployment(path, deployment);
    assert.deepEqual(await readDeployment(path), deployment);
    assert.deepEqual(await readdir(dir), ["deployment.json"]);
  });

  it("is null where there is none", async () => {
    assert.equal(await readDeployment(path), null);
  });

  it("is refused when a field is missing, wrong or unknown, with the file and the field", async () => {
    const { chainId: _, ...missing } = deployment;
    const wrong = [
      [missing, "chainId"],
      [{ ...deployment, genesisHash: "0x12" }, "genesisHash"],
      [{ ...deployment, community: deployment.community.toLowerCase() }, "community"],
      [{ ...deployment, privateKey: ZeroHash }, "privateKey"],
      [{ ...deployment, coinCap: "-1" }, "coinCap"],
      [{ ...deployment, terms: { ...deployment.terms, exportPrice: 300_001 } }, "terms"],
      [{ ...deployment, contracts: { meterRegistry: deployment.contracts.meterRegistry } }, "energyExchange"],
    ] as const;
    for (const [record, field] of wrong) {
      await writeFile(path, JSON.stringify(record));
      await assert.rejects(readDeployment(path), new RegExp(`deployment\\.json:[^]*${field}`));
    }
  });
});
