/**
 * @module
 */
import assert from "node:assert/strict";
import { Sender } from "#firmware/core/sender.ts";
import { writePoke } from "#gateway/ingest/coap-message.ts";
import { BOARD_ID, keysOf, SECRET } from "./gateway.ts";

const HOUR_MS = 3_600_000;

/** A board without records whose diagnostics are one byte. */
class Bench {
  sent = 0;
  nowMs = 0;
  private readonly sender = new Sender({
    boardId: BOARD_ID,
    boot: 1,
    ...keysOf(SECRET),
    rings: [],
    live: { boot: 1, sequence: 0, records: [] },
    diagnose: () => Uint8Array.of(10),
    onCommand: () => {},
    send: () => void this.sent++,
    onUtc: () => {},
    random: () => 0.5,
  });

  tick(forMs: number): void {
    for (const end = this.nowMs + forMs; this.nowMs < end; ) {
      this.nowMs += 100;
      this.sender.tick(this.nowMs);
    }
  }

  poke(): void {
    this.sender.receive(Uint8Array.from(writePoke(1)), this.nowMs);
  }

  get refused(): number {
    return this.sender.refused;
  }
}

describe("a poked sender", () => {
  it("sends a frame now, though it was to pause", () => {
    const bench = new Bench();
    // Nobody answers: after an hour it waits minutes between two attempts.
    bench.tick(HOUR_MS);
    while (bench.nowMs < 2 * HOUR_MS) {
      const before = bench.sent;
      bench.tick(30_000);
      if (bench.sent === before) break;
    }
    const before = bench.sent;
    bench.poke();
    bench.tick(100);
    assert.equal(bench.sent, before + 1);
    assert.equal(bench.refused, 0);
  });

  it("heeds one a second, however many come", () => {
    const bench = new Bench();
    bench.tick(HOUR_MS);
    const before = bench.sent;
    for (const end = bench.nowMs + 10_000; bench.nowMs < end; ) {
      for (let i = 0; i < 100; i++) bench.poke();
      bench.tick(100);
    }
    assert.ok(bench.sent - before <= 11, `${bench.sent - before} datagrams`);
  });
});
