/** `daisee policy replay` as it is typed. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listenHttp } from "#gateway/api/server.ts";
import { createTestClock } from "#tests/gateway/api/clock.ts";
import { createHousehold } from "#tests/gateway/api/household.ts";
import { daisee } from "../in-process.ts";

interface Result {
  policy: string;
  switches: unknown[];
  fromBusMwh: number;
}

describe("daisee policy replay", function () {
  let folder: string;
  let week: string[];
  const at = (name: string): string => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-replay-test-"));
    // Three days of a sun that shines from 6 to 18 o'clock, a sample each quarter of an hour.
    const rows = Array.from({ length: 3 * 96 }, (_, quarter) => {
      const sun = Math.max(0, Math.sin((((quarter % 96) - 24) / 48) * Math.PI));
      return `${1_767_225_600 + quarter * 900},30,${Math.round(120 * sun)}`;
    });
    await writeFile(at("week.csv"), `time,load_w,generation_w\n${rows.join("\n")}\n`);
    await writeFile(at("mine.json"), '{"lowPermille": 250, "highPermille": 400}');
    await writeFile(at("theirs.json"), '{"lowPermille": 250, "highPermille": 900}');
    week = ["policy", "replay", at("week.csv"), "--capacity", "600", "--start", "30"];
  });
  after(() => rm(folder, { recursive: true }));

  it("compares two policies, for programs and on a chart, and tells each in words", async () => {
    const { code, stderr, stdout } = await daisee(...week, "--policy", at("mine.json"), "--compare", at("theirs.json"), "--svg", at("week.svg"), "--json");
    assert.equal(code, 0, stderr);
    // The cast: what the command prints.
    const [mine, theirs] = JSON.parse(stdout) as Result[];
    assert.deepEqual([mine?.policy, theirs?.policy], ["mine.json", "theirs.json"]);
    assert.ok((mine?.switches.length ?? 0) > 0 && (mine?.fromBusMwh ?? NaN) < (theirs?.fromBusMwh ?? NaN), stdout);
    assert.match(await readFile(at("week.svg"), "utf8"), /^<svg [^]*mine\.json[^]*theirs\.json[^]*<\/svg>/);
    const told = await daisee(...week, "--policy", at("mine.json"));
    assert.match(told.stdout, /^mine\.json: [^]*neighbours' bus/);
  });

  it("refuses what it cannot replay, with the file, the line and what was expected", async () => {
    await writeFile(at("hole.csv"), "time,load_w\n2026-01-01T00:00:00Z,5\nnoon,5\n");
    await writeFile(at("wrong.json"), '{"lowPermille": 900, "highPermille": 400}');
    await writeFile(at("other.json"), '{"low": 900}');
    const wrong: [string[], RegExp][] = [
      [["policy", "replay", at("none.csv"), "--policy", at("mine.json")], /there is no .*none\.csv/],
      [["policy", "replay", at("hole.csv"), "--policy", at("mine.json")], /line 3: "noon" is no time; ISO 8601/],
      [[...week, "--policy", at("none.json")], /there is no .*none\.json; write one such as/],
      [[...week, "--policy", at("wrong.json")], /wrong\.json: .*Permille/],
      [[...week, "--policy", at("other.json")], /there is no limit "low"\. Limits: lowPermille/],
    ];
    for (const [words, message] of wrong) {
      const { code, stderr } = await daisee(...words);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  it("takes a gateway's history for a recording", async () => {
    const home = await createHousehold(createTestClock(), "demo");
    const http = await listenHttp({ app: home.app, host: "127.0.0.1", port: 0 });
    try {
      const { code, stderr, stdout } = await daisee("policy", "replay", "--board", "Hall", "--days", "1", "--policy", at("mine.json"), "--gateway", `http://127.0.0.1:${http.port}`, "--json");
      assert.equal(code, 0, stderr);
      // The cast: what the command prints.
      assert.deepEqual((JSON.parse(stdout) as Result[]).map(({ policy }) => policy), ["mine.json"]);
    } finally {
      await http.close();
      await home.close();
    }
  });
});
