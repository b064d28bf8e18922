import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openVillageFolder } from "#tools/village/folder.ts";
import { readStoppedUtcMs, villageClockSetting } from "#tools/village/time.ts";

describe("the village's folder", () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "daisee-folder-"));
    path = join(root, "village");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("keeps what is in it, unless it is to be fresh", async () => {
    const first = await openVillageFolder(path, false);
    writeFileSync(first.at("kept"), "x");
    await first.release();
    await (await openVillageFolder(path, false)).release();
    assert.ok(existsSync(join(path, "kept")));
    await (await openVillageFolder(path, true)).release();
    assert.ok(!existsSync(join(path, "kept")));
  });

  it("is refused, and not emptied, while another village runs in it", async () => {
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)", "daisee"], { stdio: "ignore" });
    try {
      await (await openVillageFolder(path, false)).release();
      writeFileSync(join(path, "kept"), "x");
      writeFileSync(join(path, "village.pid"), `${other.pid}\n`);
      await assert.rejects(openVillageFolder(path, true), new RegExp(`running already .*process ${other.pid}.*--data`));
      assert.ok(existsSync(join(path, "kept")));
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
    await (await openVillageFolder(path, false)).release();
  });

  it("is one village's when several begin at once", async () => {
    const module = new URL("../../../tools/village/folder.ts", import.meta.url).href;
    const code = `import { openVillageFolder } from "${module}";
      await openVillageFolder(process.argv[1], true).then(() => console.log("has it"), (error) => console.log(error.message)); setTimeout(() => {}, 60000);`;
    const villages = [1, 2, 3].map(() => spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code, path, "daisee"], { stdio: ["ignore", "pipe", "inherit"] }));
    try {
      const said = await Promise.all(villages.map(async ({ stdout }) => String((await once(stdout, "data"))[0])));
      assert.equal(said.filter((words) => words.startsWith("has it")).length, 1, said.join());
      assert.equal(said.filter((words) => /running already/.test(words)).length, 2, said.join());
    } finally {
      for (const village of villages) village.kill("SIGKILL");
      await Promise.all(villages.map((village) => once(village, "exit")));
    }
  });

  it("is taken over from a village that was killed", async () => {
    await openVillageFolder(path, false);
    writeFileSync(join(path, "village.pid"), "999999999\n");
    await (await openVillageFolder(path, false)).release();
    assert.ok(!existsSync(join(path, "village.pid")));
  });
});

describe("the village's time", () => {
  it("starts with the machine's clock, or where a faster village stopped", () => {
    assert.deepEqual(villageClockSetting(1000, 0, 5), { realOriginMs: 1000, utcOriginMs: 1000, speed: 5 });
    assert.deepEqual(villageClockSetting(1000, 900, 1), { realOriginMs: 1000, utcOriginMs: 1000, speed: 1 });
    assert.deepEqual(villageClockSetting(1000, 7000, 1), { realOriginMs: 1000, utcOriginMs: 7000, speed: 1 });
  });

  it("is unknown for a new village", async () => {
    assert.equal(await readStoppedUtcMs(join(tmpdir(), "daisee-no-such-file")), null);
  });
});
