import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkBinding, checkConfig, checkPermissions } from "#tools/doctor/folder.ts";
import { checkDisk, checkFsync, checkVersions, judgeDisk, judgeFsync, judgeWear } from "#tools/doctor/machine.ts";
import { redactText } from "#tools/doctor/redact.ts";
import type { GatewayConfig } from "#gateway/config.ts";

const GIB = 1024 ** 3;

describe("the doctor", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-doctor-test-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("names each file that others can read, with the command that mends it", async () => {
    const data = join(folder, "gateway");
    await mkdir(data, { mode: 0o700 });
    for (const name of ["keystore.json", "password", "store.sqlite"]) await writeFile(join(data, name), "x", { mode: 0o600 });
    assert.deepEqual((await checkPermissions(data)).map(({ level }) => level), ["ok"]);
    await chmod(join(data, "password"), 0o644);
    await chmod(data, 0o755);
    const findings = await checkPermissions(data);
    assert.deepEqual(findings.map(({ fix }) => fix), [`run "chmod 700 ${data}"`, `run "chmod 600 ${join(data, "password")}"`]);
    await rm(join(data, "keystore.json"));
    assert.ok((await checkPermissions(data)).some(({ text }) => text.includes("there is no") && text.includes("keystore.json")));
  });

  it("says what to do when there is no folder, or no settings in it", async () => {
    const [finding] = await checkPermissions(join(folder, "none"));
    assert.match(finding?.fix ?? "", /daisee setup/);
    const { config, finding: settings } = await checkConfig(folder);
    assert.equal(config, null);
    assert.equal(settings.level, "problem");
  });

  it("measures the disk that the data are on, and leaves nothing behind", async () => {
    assert.match((await checkFsync(folder)).text, /a durable write takes \d+\.\d ms/);
    assert.match((await checkDisk(folder)).text, /\d+ MiB free/);
    assert.deepEqual(await readdir(folder), []);
  });

  it("warns before it is too late", () => {
    assert.deepEqual([judgeDisk(10 * GIB), judgeDisk(GIB / 2), judgeDisk(GIB / 64)].map(({ level }) => level), ["ok", "warning", "problem"]);
    assert.deepEqual([judgeFsync(3), judgeFsync(80), judgeFsync(500)].map(({ level }) => level), ["ok", "warning", "problem"]);
    // 32 GiB stand 500 times their size: 40 GiB a day for 400 days.
    assert.match(judgeWear(40 * GIB, 32 * GIB, 86_400).text, /40960 MiB a day .* about 1 years/);
    assert.equal(judgeWear(40 * GIB, 32 * GIB, 86_400).level, "warning");
    assert.equal(judgeWear(GIB, 32 * GIB, 86_400).level, "ok");
    assert.equal(judgeWear(GIB, 32 * GIB, 60).level, "skipped");
  });

  it("knows which Node fits", () => {
    const levels = ["20.18.0", "20.19.0", "21.0.0", "22.13.9", "22.14.0", "24.1.0"].map((version) => checkVersions(version, "1.0.0").level);
    assert.deepEqual(levels, ["problem", "ok", "problem", "problem", "ok", "ok"]);
  });

  it("minds who can reach the gateway", () => {
    const base: GatewayConfig = {
      version: 1,
      node: { id: 1, name: "x", role: "consumer" },
      http: { host: "127.0.0.1", port: 1 },
      coap: { host: "127.0.0.1", port: 1 },
      chain: { rpcUrl: "http://127.0.0.1:1", deploymentPath: "x", finalityDepth: 1 },
      slotMs: 1000,
      boards: [],
    };
    assert.equal(checkBinding(base).level, "ok");
    assert.equal(checkBinding({ ...base, access: { mode: "demo" } }).level, "ok");
    assert.equal(checkBinding({ ...base, access: { mode: "demo" }, http: { ...base.http, lan: { host: "192.168.1.2" } } }).level, "problem");
    assert.equal(checkBinding({ ...base, http: { host: "0.0.0.0", port: 1 } }).level, "skipped");
  });

  it("redacts what a stranger must not read, and keeps what helps", () => {
    const secrets = [
      ["key", "ab".repeat(32)],
      ["token", "dsee_Q29ycmVjdEhvcnNlQmF0dGVyeVN0YXBsZQ"],
      ["address", "192.168.7.31"],
      ["mac", "24:A1:60:AA:BB:CC"],
      ["person", "/home/mira/daisee"],
      ["credentials", "http://mira:secret@nas.local/x"],
    ] as const;
    for (const [what, secret] of secrets) {
      const left = redactText(`before ${secret} after`, "/root");
      assert.ok(left.startsWith("before ") && left.endsWith(" after"), left);
      assert.ok(!left.includes(secret) && !/mira|secret@|192\.168/.test(left), `${what}: ${left}`);
    }
    assert.equal(redactText("nothing answers at http://127.0.0.1:9545: start the chain's node", "/root"), "nothing answers at http://127.0.0.1:9545: start the chain's node");
    assert.equal(redactText("/srv/mira/daisee/x", "/srv/mira"), "<home>/daisee/x");
  });
});
