/** Clocks: how a node finds out that one is wrong. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createLateness } from "#chain/node/lateness.ts";
import { measureClockAheadMs } from "#chain/node/time-server.ts";

/** Seconds since 1900 and their fraction, by the letter of RFC 4330 section 3; not by the code under test. */
function ntp(utcMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(((BigInt(Math.round(utcMs)) + 2_208_988_800_000n) << 32n) / 1000n % 2n ** 64n);
  return bytes;
}

/** A time server whose clock differs from ours. */
async function withServer(edit: (answer: Buffer, request: Buffer) => Buffer | null, use: (port: number) => Promise<void>): Promise<void> {
  const server = createSocket("udp4");
  server.on("message", (request, from) => {
    const answer = Buffer.alloc(48);
    // Leap 0, version 4, mode 4 (server); stratum 2.
    answer[0] = 0x24;
    answer[1] = 2;
    request.copy(answer, 24, 40, 48);
    const edited = edit(answer, request);
    if (edited !== null) server.send(edited, from.port, from.address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use(server.address().port);
  } finally {
    server.close();
  }
}

describe("measureClockAheadMs", () => {
  const NOW_MS = Date.UTC(2026, 10, 22, 12);
  const ask = (port: number, nowMs = NOW_MS): Promise<number> => measureClockAheadMs({ host: "127.0.0.1", port }, () => nowMs, 1000);

  for (const aheadMs of [0, 250, -250, 90_000, -86_400_000]) {
    it(`tells that this clock is ${aheadMs} ms ahead`, () =>
      withServer(
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
    return withServer(
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
    for (const edit of wrong) await withServer(edit, (port) => assert.rejects(ask(port), /does not tell the time; name another one as timeServer/));
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
