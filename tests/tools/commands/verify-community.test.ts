import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sinon from "sinon";
import { writeDeployment } from "#chain/record.ts";
import { openHome, startVillage, untilFinal, type Home, type Village } from "#tests/gateway/ledger/village.ts";
import { runDaisee } from "#tools/command-line.ts";
import { gatewaysIn } from "#tools/commands/verify-community.ts";

describe("daisee verify --community", function () {
  let village: Village;
  let home: Home;
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "daisee-verify-"));
    village = await startVillage();
    home = await openHome(village);
    home.start();
    await home.measure(0, 2);
    await untilFinal(home.store, 1);
  });
  after(async () => {
    await home.close();
    await village.close();
    await rm(dir, { recursive: true });
  });

  /** Runs the command against a record of the deployment. */
  async function verify(change: Partial<Village["deployment"]>, ...words: string[]): Promise<{ code: number; output: string; errors: string }> {
    const record = join(dir, "deployment.json");
    await writeDeployment(record, { ...village.deployment, ...change });
    const [log, error] = [sinon.stub(console, "log"), sinon.stub(console, "error")];
    const said = (stub: sinon.SinonStub): string => stub.args.map((line) => line.join(" ")).join("\n");
    try {
      const code = await runDaisee(["verify", "--community", "--rpc", village.anvil.rpcUrl, "--deployment", record, "--gateway", "http://127.0.0.1:9", ...words]);
      return { code, output: said(log), errors: said(error) };
    } finally {
      log.restore();
      error.restore();
    }
  }

  it("derives what it can from the chain alone, and says of which homes no gateway answered", async () => {
    const { code, output, errors } = await verify({});
    assert.equal(code, 0, output + errors);
    assert.match(output, /✔ up to block \d+: 1 batches in order, 0 slots cleared anew, 0 open disputes/);
    assert.match(output, /not derived from readings.*: the batches of node 1/);
    assert.match(errors, /no gateway answers at http:\/\/127\.0\.0\.1:9/);
  });

  it("tells a program the same in JSON, and ends with 3 and the difference when something is not as recorded", async () => {
    const { energyLedger, ...others } = village.deployment.contracts;
    const forged = { contracts: { ...others, energyLedger: { ...energyLedger, codeHash: `0x${"ab".repeat(32)}` } } };
    const told = await verify(forged);
    assert.equal(told.code, 3);
    assert.match(told.output, /✘ the chain, code of energyLedger at 0x[0-9a-fA-F]{40}: 0x[0-9a-f]{64}, expected 0x(ab){32}/);
    const { code, output } = await verify(forged, "--json");
    assert.equal(code, 3);
    const { differences, differenceCount, batches } = JSON.parse(output);
    assert.deepEqual([differences.length, differenceCount, batches], [1, 1, 1]);
  });

  it("takes several gateways, or the one that is usual", () => {
    assert.deepEqual(gatewaysIn(["--community", "--gateway", "http://a", "--gateway=http://b"]), ["http://a", "http://b"]);
    assert.deepEqual(gatewaysIn(["--community"]), ["http://127.0.0.1:8470"]);
  });
});
