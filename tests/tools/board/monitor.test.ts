import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captured, daisee } from "../in-process.ts";
import { openPseudoTerminal } from "./pseudo-terminal.ts";
import type { PseudoTerminal } from "./pseudo-terminal.ts";

/** Of one line of code, whose columns 8 and 20 are in two places of one source. */
const MAP = JSON.stringify({ version: 3, sources: ["firmware/core/policy.ts"], names: ["decide"], mappings: "QAAA,YAKGA", file: "board.js" });
const LINES = ["all is well", "Uncaught Error: stale", "    at a (.bootcde:1:22)", "    at .bootcde:1:10"];

describe("daisee board monitor", function () {
  let folder: string;
  let map: string;
  let terminal: PseudoTerminal;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-monitor-test-"));
    map = join(folder, "board.js.map");
    await writeFile(map, MAP);
    await chmod(folder, 0o755);
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    terminal = await openPseudoTerminal();
  });
  afterEach(() => terminal.close());

  /** What the command prints of the lines, until it is told to end. */
  async function listen(...more: string[]): Promise<string> {
    const speaking = setInterval(() => terminal.write(Buffer.from(`${LINES.join("\r\n")}\r\n`)), 100);
    // Whoever listens to a terminal may begin in the middle of a line. As a service manager ends it: the command waits for that.
    const { code, stdout, stderr } = await captured(["board", "monitor", "--port", terminal.path, "--map", map, ...more], (shown) => {
      if (shown.split("all is well").length > 3) process.emit("SIGTERM");
    });
    clearInterval(speaking);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  it("shows what the board says, and its stack traces in terms of our sources", async () => {
    const shown = await listen();
    assert.match(shown, /^all is well$/m);
    assert.match(shown, /^ {4}at decide \(firmware\/core\/policy\.ts:6:4\)$/m);
    assert.match(shown, /^ {4}at firmware\/core\/policy\.ts:1:1$/m);
  });

  it("prints JSON with the time where it is asked to", async () => {
    const lines = (await listen("--json")).trim().split("\n").map((line): unknown => JSON.parse(line));
    assert.ok(lines.length > 0);
    for (const line of lines) assert.deepEqual(Object.keys(line ?? {}), ["utcMs", "line"]);
  });

  it("says which group may open a port that is not ours, and that there is no such port", async () => {
    // Loads what the command needs, while everything may be read.
    const none = await daisee("board", "monitor", "--port", "/dev/daisee-none", "--map", map);
    assert.match(none.stderr, /there is no port \/dev\/daisee-none: is the board plugged in\?/);
    await chmod(terminal.path, 0o000);
    // Nothing is forbidden to root: be somebody else for the moment.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    const { code, stderr } = await daisee("board", "monitor", "--port", terminal.path, "--map", map).finally(() => {
      if (isRoot) process.seteuid?.(0);
    });
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`there is no permission on ${terminal.path}: .*(sudo usermod -aG \\w+ \\$USER|its group is root)`));
  });
});
