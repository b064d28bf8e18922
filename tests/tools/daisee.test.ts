import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DAISEE = fileURLToPath(new URL("../../tools/daisee.mjs", import.meta.url));

function daisee(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [DAISEE, ...args], { encoding: "utf8", timeout: 60_000, killSignal: "SIGKILL" });
}

describe("the daisee command", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "daisee-cli-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints help for itself and for each subcommand", () => {
    for (const args of [[], ["--help"], ["help"]]) {
      const { status, stdout } = daisee(...args);
      assert.equal(status, 0);
      for (const name of ["board", "chain", "demo", "doctor", "gateway", "setup", "verify"]) assert.match(stdout, new RegExp(name));
    }
    const { status, stdout } = daisee("verify", "--help");
    assert.equal(status, 0);
    assert.match(stdout, /--gateway/);
    assert.match(stdout, /Example/);
  });

  it("prints its version", () => assert.match(daisee("--version").stdout, /^\d+\.\d+\.\d+$/m));

  it("refuses wrong usage with exit code 2 and one line that says what is right", () => {
    const wrong: [string[], RegExp][] = [
      [["dmeo"], /no command "dmeo".*Commands: .*demo, .*gateway, .*verify/],
      [["demo", "--sped", "2"], /no option --sped.*--speed/],
      [["demo", "--speed", "fast"], /--speed takes a number from 1 to 100, not "fast"/],
      [["demo", "--port", "80"], /--port takes a whole number from 1024/],
      [["verify"], /reading/i],
      [["verify", "reading-one"], /board-boot-sequence/],
      [["gateway"], /data/],
    ];
    for (const [args, message] of wrong) {
      const { status, stderr } = daisee(...args, ...(args[0] === "demo" ? ["--data", folder] : []));
      assert.equal(status, 2, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  it("says what to do when there is no gateway, no folder and no record", () => {
    const none = daisee("gateway", "--data", join(folder, "nothing"));
    assert.equal(none.status, 1);
    assert.match(none.stderr, /no .*gateway\.json.*npm start/);
    const record = daisee("verify", "02da15ee0001-1-42", "--deployment", join(folder, "no.json"));
    assert.equal(record.status, 1);
    assert.match(record.stderr, /name the community's deployment record with --deployment/);
  });

  it("names the file and the field of wrong settings", () => {
    writeFileSync(join(folder, "gateway.json"), '{"version": 1, "slotMs": "long"}');
    const { status, stderr } = daisee("gateway", "--data", folder);
    assert.equal(status, 1);
    assert.match(stderr, /gateway\.json.*slotMs/);
    writeFileSync(join(folder, "gateway.json"), "{");
    assert.match(daisee("gateway", "--data", folder).stderr, /gateway\.json is not JSON/);
  });

  it("says which port is taken, and leaves nothing running", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const { status, stderr } = daisee("demo", "--data", join(folder, "village"), "--chain-port", String(address.port));
    server.close();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`port ${address.port} .*is taken`));
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  });
});
