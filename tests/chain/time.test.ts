/** Clocks: how a node finds out that one is wrong. */
import assert from "node:assert/strict";
import { createLateness } from "#chain/node/lateness.ts";
import { measureClockAheadMs, timeServerAt } from "#chain/node/time-server.ts";
import { ntp, withTimeServer } from "./time-server.ts";

describe("timeServerAt", () => {
  it("takes a host of any kind, with or without a port", () => {
    assert.deepEqual(timeServerAt("router.local"), { host: "router.local" });
    assert.deepEqual(timeServerAt("192.168.1.1:1123"), { host: "192.168.1.1", port: 1123 });
    assert.deepEqual(timeServerAt("fe80::1"), { host: "fe80::1" });
    assert.deepEqual(timeServerAt("[fe80::1]:1123"), { host: "fe80::1", port: 1123 });
  });
});

describe("measureClockAheadMs", () => {
  const NOW_MS = Date.UTC(2026, 10, 22, 12);
  const ask = (port: number, nowMs = NOW_MS): Promise<number> => measureClockAheadMs({ host: "127.0.0.1", port }, () => nowMs, 1000);

  for (const aheadMs of [0, 250, -250, 90_000, -86_400_000]) {
    it(`tells that this clock is ${aheadMs} ms ahead`, () =>
      withTimeServer(
        (answer) => {
          ntp(NOW_MS - aheadMs).copy(answer, 32);
          ntp(NOW_MS - aheadMs).copy(answer, 40);
          return answer;
        },
        async (port) => assert.ok(Math.abs((await ask(port)) - aheadMs) < 1),
      ));
  }

  it("works in NTP's next era too, from 2036 on", () => {
    const later = Date.UTC(2040, 0, 1);
    return withTimeServer(
      (answer) => {
        ntp(later - 3000).copy(answer, 32);
        ntp(later - 3000).copy(answer, 40);
        return answer;
      },
      async (port) => assert.ok(Math.abs((await ask(port, later)) - 3000) < 1),
    );
  });

  it("refuses an answer that is not to its question, from no server, without a time, too short, or none at all", async () => {
    const wrong: ((answer: Buffer) => Buffer | null)[] = [
      (answer) => (answer.fill(1, 24, 32), answer),
      (answer) => ((answer[0] = 0x23), answer),
      (answer) => ((answer[1] = 0), answer),
      (answer) => ((answer[1] = 16), answer),
      (answer) => answer.subarray(0, 40),
      () => null,
    ];
    for (const edit of wrong) await withTimeServer(edit, (port) => assert.rejects(ask(port), /does not tell the time; name another one as timeServer/));
  });
});

describe("the lateness of blocks", () => {
  const authorities = ["anna", "bert", "carla"];
  /** Rounds in which each seals once, seen so many ms after the block's time. */
  function verdict(lateMs: Record<string, number[]>, own = "anna"): string | null {
    const lateness = createLateness();
    for (let round = 0; round < 5; round++) {
      for (const [sealer, times] of Object.entries(lateMs)) lateness.see({ sealer, timestamp: 1000 + round }, (1000 + round) * 1000 + (times[round] ?? 0));
    }
    return lateness.verdict(authorities, own);
  }
  const always = (ms: number): number[] => Array.from({ length: 5 }, () => ms);

  it("means nothing where blocks come within a second, or late only now and then", () => {
    assert.equal(verdict({ anna: always(10), bert: always(400), carla: always(900) }), null);
    assert.equal(verdict({ anna: always(10), bert: [5000, 5000, 300, 5000, 5000], carla: always(50) }), null);
    assert.equal(verdict({}), null);
  });

  it("names the one whose blocks are always late", () => {
    assert.match(verdict({ anna: always(10), bert: always(1800), carla: always(50) }) ?? "", /blocks of bert come more than a second late: have the clock there set/);
  });

  it("is this clock's fault where everybody else's blocks are late", () => {
    assert.match(verdict({ anna: always(10), bert: always(1800), carla: always(1900) }) ?? "", /this machine's clock is ahead.*timedatectl/);
  });
});
