/** `daisee doctor` as it is typed, on a gateway with troubles and secrets. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listenHttp } from "#gateway/api/server.ts";
import { ensureBoardsKey } from "#gateway/auth/boards-key.ts";
import { ensureKeystore, gatewayPaths } from "#gateway/setup.ts";
import { createTestClock } from "#tests/gateway/api/clock.ts";
import { createHousehold, PASSWORD } from "#tests/gateway/api/household.ts";
import type { Household } from "#tests/gateway/api/household.ts";
import type { Finding } from "#tools/doctor/finding.ts";
import { judgeOutbox } from "#tools/doctor/gateway.ts";
import { checkPorts, checkSerial } from "#tools/doctor/ports.ts";
import { redact } from "#tools/doctor/redact.ts";
import { daisee } from "../in-process.ts";

const WIFI = { ssid: "Fuchsbau 24", password: "rather secret Wi-Fi" };

describe("daisee doctor", function () {
  let folder: string;
  let home: Household;
  let url: string;
  let close: () => Promise<void>;
  const secrets: string[] = [];
  const config = process.env["XDG_CONFIG_HOME"];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-doctor-command-"));
    process.env["XDG_CONFIG_HOME"] = join(folder, "config");
    home = await createHousehold(createTestClock());
    const http = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    url = `http://127.0.0.1:${http.port}`;
    close = () => http.close();

    const dataDir = join(folder, "gateway");
    await mkdir(dataDir, { mode: 0o700 });
    const paths = gatewayPaths(dataDir);
    const key = await ensureKeystore(paths.keystore, { scryptN: 2 });
    const boardsKey = await ensureBoardsKey(paths.boardsKey, undefined);
    const mqtt = { url: "mqtt://mira:broker-secret@192.168.7.31", passwordPath: "mqtt-password" };
    await writeFile(join(dataDir, "mqtt-password"), "broker-password", { mode: 0o600 });
    // A setting that cannot be, with everything in it that nobody else should read.
    await writeFile(join(dataDir, "gateway.json"), JSON.stringify({ version: 1, node: { id: 1, name: WIFI.ssid, role: "consumer" }, wifi: WIFI, integrations: { mqtt } }));
    const password = join(folder, "password");
    await writeFile(password, PASSWORD, { mode: 0o600 });
    assert.equal((await daisee("login", "--gateway", url, "--name", "owner", "--password-file", password)).code, 0);
    const tokens = await readFile(join(folder, "config", "daisee", "tokens.json"), "utf8");
    secrets.push(PASSWORD, WIFI.ssid, WIFI.password, "broker-secret", "broker-password", "192.168.7.31", key.address.slice(2), key.privateKey.slice(2));
    secrets.push(Buffer.from(boardsKey).toString("hex"), Buffer.from(boardsKey).toString("base64url"));
    secrets.push((await readFile(paths.keystore.passwordPath, "utf8")).trim(), ...Object.values(JSON.parse(tokens) as Record<string, string>));
  });
  after(async () => {
    await close();
    await home.close();
    if (config === undefined) delete process.env["XDG_CONFIG_HOME"];
    else process.env["XDG_CONFIG_HOME"] = config;
    await rm(folder, { recursive: true });
  });

  it("has a fix for each finding, and ends with exit code 3 when there is a problem", async () => {
    const { code, stdout, stderr } = await daisee("doctor", "--gateway", url, "--data", join(folder, "gateway"), "--json");
    assert.equal(code, 3);
    assert.match(stderr, /\d problems? found/);
    // The cast: what the command prints.
    const findings = JSON.parse(stdout) as Finding[];
    const checks = new Set(findings.map(({ check }) => check));
    for (const check of ["versions", "clock", "serial", "permissions", "disk", "fsync", "wear", "settings", "store", "chain link", "boards", "outbox"]) assert.ok(checks.has(check), check);
    for (const { check, fix, level } of findings) assert.equal(level === "ok", fix === null || fix === "", `${check} is ${level}: ${fix}`);
  });

  it("writes a report without any key, password, token or Wi-Fi, for its owner alone", async () => {
    const bundle = join(folder, "report.json");
    const { stdout } = await daisee("doctor", "--gateway", url, "--data", join(folder, "gateway"), "--bundle", bundle);
    assert.match(stdout, /Read it before you send it/);
    const report = await readFile(bundle, "utf8");
    for (const secret of secrets) assert.ok(!report.includes(secret), `the report holds "${secret}"`);
    assert.match(report, /"check": "fsync"/);
    assert.equal((await stat(bundle)).mode & 0o777, 0o600);
    // Nor would it, had a finding named them all.
    const worst: Finding = { check: "x", level: "problem", text: secrets.filter((secret) => secret.length >= 32).join(" "), fix: `${folder}/x` };
    for (const secret of secrets.filter((text) => text.length >= 32)) assert.ok(!JSON.stringify(redact([worst])).includes(secret));
  });

  it("says what to do when nothing is there", async () => {
    const { code, stdout } = await daisee("doctor", "--gateway", "http://127.0.0.1:9", "--data", join(folder, "none"));
    assert.equal(code, 3);
    assert.match(stdout, /✘ folder: there is no .*none\n {4}→ run "daisee setup"/);
    assert.match(stdout, /✘ gateway: no gateway answers[^\n]*\n {4}→ start it/);
  });

  it("tells a port that somebody else has", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const settings = { http: { host: "127.0.0.1", port: address.port }, coap: { host: "127.0.0.1", port: 0 } };
    const [finding] = await checkPorts(settings, false);
    assert.deepEqual([finding?.level, finding?.check], ["problem", "ports"]);
    assert.deepEqual((await checkPorts(settings, true)).map(({ level }) => level), ["ok"]);
    server.close();
    await once(server, "close");
    assert.deepEqual((await checkPorts(settings, false)).map(({ level }) => level), ["ok"]);
  });

  it("knows a board's port, and one that it may not open", async () => {
    const at = (path: string) => async () => [{ path, vendorId: "10c4" }];
    assert.match((await checkSerial(at("/dev/null")))[0]?.text ?? "", /a board is at \/dev\/null/);
    const [denied] = await checkSerial(at("/dev/daisee-none"));
    assert.deepEqual([denied?.level, denied?.fix?.includes("usermod -aG dialout")], ["warning", true]);
    assert.deepEqual((await checkSerial(async () => Promise.reject(new Error("no udevadm")))).map(({ level }) => level), ["skipped"]);
  });

  it("tells how old the oldest batch in the outbox is", () => {
    const judge = (open: number, ageMs: number | null, reverted = 0): [string, string] => {
      const { level, text } = judgeOutbox({ open, reverted, ageMs, newest: 7 });
      return [level, text];
    };
    assert.deepEqual(judge(0, null), ["ok", "empty, newest batch 7 is final"]);
    assert.deepEqual(judge(1, 60_000), ["ok", "1 transactions on their way, the oldest batch for 1 min; newest batch 7 is final"]);
    assert.deepEqual(judge(1, 7_200_000), ["warning", "1 transactions wait, the oldest batch for 120 min"]);
    assert.equal(judge(9, 60_000)[0], "warning");
    assert.equal(judge(0, null, 2)[0], "problem");
  });
});
