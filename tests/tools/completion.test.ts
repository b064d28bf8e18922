import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { bashCompletion, fishCompletion, leavesOf } from "#tools/completion.ts";
import type { Leaf } from "#tools/completion.ts";
import { root } from "#tools/root.ts";

describe("shell completion", () => {
  let leaves: Leaf[];
  before(async function () {
    // All commands' libraries are loaded.
    leaves = await leavesOf(root);
  });

  /** What bash would offer for a line whose last word is being typed. */
  function offered(...words: string[]): string[] {
    const script = `${bashCompletion(leaves)}\nCOMP_WORDS=(daisee ${words.map((word) => `'${word}'`).join(" ")})\nCOMP_CWORD=${words.length}\n_daisee\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`;
    const { status, stderr, stdout } = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  }

  it("offers commands, subcommands and options", () => {
    assert.ok(offered("").includes("board"));
    assert.deepEqual(offered("board", "fl"), ["flash"]);
    assert.ok(offered("board", "flash", "--").includes("--wifi-password-file"));
    assert.deepEqual(offered("verify", "--dep"), ["--deployment"]);
  });

  it("goes on offering options behind an argument and behind other options", () => {
    assert.deepEqual(offered("board", "policy", "kitchen", "--lo"), ["--low", "--lockout"]);
    assert.deepEqual(offered("board", "policy", "kitchen", "--low", "25", "--hi"), ["--high"]);
  });

  it("knows every command there is", () => {
    for (const path of ["", "board", "board flash", "chain init", "completion", "demo", "doctor", "login", "policy replay", "setup", "verify"]) {
      assert.ok(leaves.some((leaf) => leaf.path === path), path);
    }
    assert.match(fishCompletion(leaves), /complete -c daisee -n "__fish_seen_subcommand_from board; and __fish_seen_subcommand_from flash" -l espruino/);
  });
});
