import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { fileURLToPath } from "node:url";
import type { ArgsDef, CommandMeta } from "citty";
import { root } from "#tools/root.ts";
import type { AnyCommand } from "#tools/root.ts";
import { daisee } from "./in-process.ts";

const DAISEE = fileURLToPath(new URL("../../tools/daisee.mjs", import.meta.url));

/** Each command that does something, with the words that lead to it. */
async function leavesOf(command: AnyCommand, path: string[] = []): Promise<{ path: string; command: AnyCommand }[]> {
  if (command.subCommands === undefined) return [{ path: path.join(" "), command }];
  // Commands here give their subcommands as plain objects of loaders.
  const subCommands = Object.entries(command.subCommands as Record<string, () => Promise<AnyCommand>>);
  return (await Promise.all(subCommands.map(async ([name, load]) => leavesOf(await load(), [...path, name])))).flat();
}

describe("the daisee command", function () {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "daisee-cli-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** As a process of its own. */
  const run = (...args: string[]) => spawnSync(process.execPath, [DAISEE, ...args], { encoding: "utf8", timeout: 60_000, killSignal: "SIGKILL" });

  it("is a program: it prints to the streams and ends with the exit code", () => {
    const version = run("--version");
    assert.deepEqual([version.status, version.stderr], [0, ""]);
    assert.match(version.stdout, /^\d+\.\d+\.\d+$/m);
    const wrong = run("dmeo");
    assert.deepEqual([wrong.status, wrong.stdout], [2, ""]);
    assert.match(wrong.stderr, /no command "dmeo"/);
  });

  it("prints help for itself and for each subcommand", async () => {
    for (const args of [[], ["--help"], ["help"]]) {
      const { code, stdout } = await daisee(...args);
      assert.equal(code, 0);
      for (const name of ["board", "chain", "community", "demo", "doctor", "gateway", "setup", "verify"]) assert.match(stdout, new RegExp(name));
    }
    const { code, stdout } = await daisee("verify", "--help");
    assert.equal(code, 0);
    assert.match(stdout, /--gateway/);
    const { stdout: flash } = await daisee("board", "flash", "--help");
    assert.match(stripVTControlCharacters(flash), /USAGE daisee board flash \[OPTIONS\]/);
    assert.match(flash, /--wifi-password-file/);
    assert.match(flash, /Example: daisee board flash/);
  });

  it("has --json, --debug, an example, and a word about each option, in every command", async () => {
    const leaves = await leavesOf(root);
    assert.ok(leaves.length > 30, String(leaves.length));
    for (const { path, command } of leaves) {
      // Commands here give both as plain objects.
      const args = command.args as ArgsDef;
      const { description } = command.meta as CommandMeta;
      assert.equal(args["json"]?.type, "boolean", `${path} has no --json`);
      assert.equal(args["debug"]?.type, "boolean", `${path} has no --debug`);
      assert.match(description ?? "", new RegExp(`Examples?: .*daisee ${path}\\b`), `${path} shows no example of itself`);
      for (const [name, { description: about }] of Object.entries(args)) assert.ok((about ?? "").length > 2, `${path} --${name} says nothing`);
    }
  });

  it("refuses wrong usage with exit code 2 and one line that says what is right", async () => {
    const wrong: [string[], RegExp][] = [
      [["dmeo"], /no command "dmeo".*Commands: .*demo, .*gateway, .*verify/],
      [["demo", "--sped", "2"], /no option --sped.*--speed/],
      [["demo", "--speed", "fast"], /--speed takes a number from 1 to 100, not "fast"/],
      [["demo", "--port", "80"], /--port takes a whole number from 1024/],
      [["verify"], /reading/i],
      [["verify", "reading-one"], /board-boot-sequence/],
      [["gateway"], /data/],
      [["setup", "--data", "x", "--role", "trader"], /--role takes consumer or producer/],
      [["setup", "--data", "x", "--lan", "192.0.2.1"], /192\.0\.2\.1 is no address of this machine/],
      [["login", "--scope", "root"], /--scope takes read, control, admin/],
      [["login"], /nobody to ask: give --name/],
      [["board", "flash", "--board", "esp8266"], /--board takes hall, shunt, clamp/],
      [["board", "override", "--end", "--source", "bus"], /either --source with --minutes, or --end/],
      [["board", "policy"], /nothing to change: give --low/],
      [["board", "calibrate"], /channel/],
      [["completion", "tcsh"], /bash, zsh, fish, not for "tcsh"/],
      [["community", "fund", "Miller"], /--node takes a whole number/],
      [["community", "retire", "kitchen"], /neither a home's number nor a meter/],
      [["community", "replace-meter", "kitchen", "hall"], /"kitchen" is no meter: board-index/],
      [["community", "replace-gateway", "1", "0x12"], /"0x12" is no address/],
    ];
    for (const [args, message] of wrong) {
      const { code, stderr } = await daisee(...args, ...(args[0] === "demo" ? ["--data", folder] : []));
      assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  it("prints a stack only when it is asked to", async () => {
    const args = ["verify", "02da15ee0001-1-42", "--deployment", join(folder, "no.json")];
    const plain = await daisee(...args);
    assert.doesNotMatch(plain.stderr, /^\s+at /m);
    const debug = await daisee(...args, "--debug");
    assert.equal(debug.code, 1);
    assert.match(debug.stderr, /^\s+at .*verify\.ts/m);
  });

  it("says what to do when there is no gateway, no folder and no record", async () => {
    const none = await daisee("gateway", "--data", join(folder, "nothing"));
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no .*gateway\.json.*npm start/);
    const record = await daisee("verify", "02da15ee0001-1-42", "--deployment", join(folder, "no.json"));
    assert.equal(record.code, 1);
    assert.match(record.stderr, /name the community's deployment record with --deployment/);
    for (const words of [["list"], ["settings"], ["identify"], ["diag"], ["calibrate", "--channel", "0"]]) {
      const away = await daisee("board", ...words, "--gateway", "http://127.0.0.1:9");
      assert.equal(away.code, 1);
      assert.match(away.stderr, /no gateway answers at http:\/\/127\.0\.0\.1:9; start it, or name its address with --gateway/);
    }
  });

  it("names the file and the field of wrong settings", async () => {
    writeFileSync(join(folder, "gateway.json"), '{"version": 1, "slotMs": "long"}');
    const { code, stderr } = await daisee("gateway", "--data", folder);
    assert.equal(code, 1);
    assert.match(stderr, /gateway\.json.*slotMs/);
    writeFileSync(join(folder, "gateway.json"), "{");
    assert.match((await daisee("gateway", "--data", folder)).stderr, /gateway\.json is not JSON/);
  });

  it("says which port is taken, and leaves nothing running", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const { status, stderr } = run("demo", "--data", join(folder, "village"), "--chain-port", String(address.port));
    server.close();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`port ${address.port} .*is taken|port ${address.port} is taken`));
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  });
});
