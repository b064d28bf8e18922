/**
 * A board alone: how long its flash keeps everything, and how soon it is all told once the gateway is back.
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { readKept } from "#firmware/core/kept-records.ts";
import { Recorder } from "#firmware/core/recorder.ts";
import { Sender } from "#firmware/core/sender.ts";
import { DEFAULT_FLASH } from "#firmware/core/settings.ts";
import { SECTOR_BYTES } from "#firmware/core/flash.ts";
import { RAW_PLAN, STORAGE_PLAN } from "#firmware/core/flash-plan.ts";
import { encodeDiagnostics } from "#firmware/wire/diagnostics.ts";
import { STREAM, type BoardRecord } from "#firmware/wire/records.ts";
import { BOARD_ID, Gateway, keysOf, SECRET } from "./gateway.ts";
import { NorFlash } from "./nor-flash.ts";

const READING_MS = 10_000;
const SLOT_MS = 900_000;
const METERS = 2;
const DAY_READINGS = 17_280;
const MONTH_CHECKPOINTS = 2_880;
const UTC = 1_764_000_000_000;

/** Two meters under a load that never rests: currents of a noisy Hall sensor, both counters of the bus in motion, charge and voltage moving. */
function* readings(count: number): Generator<BoardRecord> {
  let state = 1;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const counters = [
    { importMwh: 5_000_000_000, exportMwh: 7_000_000_000 },
    { importMwh: 6_000_000_000, exportMwh: 8_000_000_000 },
  ];
  for (let i = 0; i < count; i++) {
    const meter = i % METERS;
    const own = counters[meter] ?? assert.fail();
    own.importMwh += draw(300);
    own.exportMwh += meter === 0 ? 100 + draw(300) : 0;
    const currentMa = -3000 + draw(400);
    yield {
      kind: "reading",
      meter,
      uptimeMs: (1 + Math.floor(i / METERS)) * READING_MS + (i & 4),
      currentMa,
      minCurrentMa: currentMa - draw(300),
      maxCurrentMa: currentMa + draw(300),
      voltageMv: 12_400 + draw(200),
      ...own,
      relays: 1,
      flags: 0,
      ...(meter === 0 ? { chargePermille: 500 - Math.floor(i / 50) % 400 } : {}),
    };
  }
}

function* checkpoints(count: number): Generator<BoardRecord> {
  for (let i = 0; i < count; i++) {
    const mwh = 5_000_000_000 + i * 60_000;
    const meters = [
      { importMwh: mwh, exportMwh: mwh + i },
      { importMwh: mwh + 7, exportMwh: mwh },
    ];
    yield { kind: "checkpoint", uptimeMs: (i + 1) * SLOT_MS, slot: 1_960_000 + i, flags: 0, meters };
  }
}

function create(flash: NorFlash, offset: number, boot: number): Recorder {
  return new Recorder(flash, crc32, offset, boot, METERS);
}

describe("backlog", function () {

  it("keeps a day of readings and a month of checkpoints, and tells all of it within five minutes once the gateway is back", () => {
    const flash = new NorFlash(DEFAULT_FLASH.recordBytes / SECTOR_BYTES);
    const before = create(flash, STORAGE_PLAN.records, 1);
    const made = [...readings(DAY_READINGS)];
    for (const record of made) before.append(record);
    for (const record of checkpoints(MONTH_CHECKPOINTS)) before.append(record);
    // A restart at the end of it.
    const recorder = create(flash, STORAGE_PLAN.records, 2);
    assert.deepEqual([recorder.waiting(STREAM.fine), recorder.waiting(STREAM.coarse)], [DAY_READINGS, MONTH_CHECKPOINTS]);
    assert.ok(recorder.rings.every(({ dropped }) => !dropped));
    const kept = readKept(recorder);
    const last = made.at(-2);
    assert.ok(last?.kind === "reading" && (kept.counters[0]?.importMwh ?? 0) >= last.importMwh);

    const gateway = new Gateway();
    const arriving: { atMs: number; datagram: Uint8Array }[] = [];
    const answers: { atMs: number; datagram: Uint8Array }[] = [];
    let nowMs = 0;
    const sender = new Sender({
      boardId: BOARD_ID,
      boot: 2,
      ...keysOf(SECRET),
      rings: recorder.rings,
      live: recorder.live,
      send: (datagram) => arriving.push({ atMs: nowMs + 30, datagram }),
      diagnose: () => encodeDiagnostics({ uptimeMs: nowMs, firmware: "1", resetCause: 0, failedStarts: 0, safeMode: false, freeVariables: 0, usedVariables: 0, queueFine: 0, queueCoarse: 0, refused: 0, retransmitted: 0, slowestTurnMs: 0, rssiDbm: null, channels: [], commandId: 0, commandResult: 0, commandReason: "" }),
      onUtc: () => undefined,
      onCommand: () => undefined,
      random: () => 0.5,
    });
    const fresh = readings(10_000);
    let latestLiveMs = 0;
    const waits: number[] = [];
    const sequences = new Map<number, number[]>([
      [STREAM.fine, []],
      [STREAM.coarse, []],
    ]);
    while (recorder.waiting(STREAM.fine) > 10 || recorder.waiting(STREAM.coarse) > 0) {
      // As the board's loops do; an answer takes 60 ms.
      nowMs += 20;
      while ((arriving[0]?.atMs ?? Infinity) <= nowMs) {
        const received = gateway.take(arriving.shift()?.datagram ?? assert.fail());
        answers.push({ atMs: nowMs + 30, datagram: gateway.ack(received, UTC + nowMs) });
        const { frame } = received;
        if (frame.boot === 1) frame.records.forEach((_, i) => sequences.get(frame.stream)?.push(frame.sequence + i));
        if (frame.boot === 2 && frame.stream === STREAM.fine) {
          waits.push(nowMs - latestLiveMs);
          latestLiveMs = nowMs;
        }
      }
      while ((answers[0]?.atMs ?? Infinity) <= nowMs) sender.receive(answers.shift()?.datagram ?? assert.fail(), nowMs);
      if (nowMs % 100 === 0) sender.tick(nowMs);
      if (nowMs % READING_MS === 0) for (let i = 0; i < METERS; i++) recorder.append(fresh.next().value ?? assert.fail());
      assert.ok(nowMs < 300_000, `${recorder.waiting(STREAM.fine)} readings wait after five minutes`);
    }
    // Oldest first, each of them, none twice.
    assert.deepEqual(sequences.get(STREAM.fine), made.map((_, i) => i));
    assert.deepEqual(sequences.get(STREAM.coarse), Array.from({ length: MONTH_CHECKPOINTS }, (_, i) => i));
    // Live readings were not starved: one came soon after each was made.
    assert.ok(waits.length > 5 && waits.slice(1).every((wait) => wait <= READING_MS + 2000), String(waits));
  });

  it("keeps some hours and days in the raw region alone, and never loses a checkpoint to readings", () => {
    const flash = new NorFlash(DEFAULT_FLASH.bytes / SECTOR_BYTES);
    const recorder = create(flash, RAW_PLAN.records, 1);
    for (const record of checkpoints(3 * 96)) recorder.append(record);
    for (const record of readings(DAY_READINGS)) recorder.append(record);
    assert.equal(recorder.waiting(STREAM.coarse), 3 * 96);
    assert.ok(recorder.waiting(STREAM.fine) > 2.3 * 720, String(recorder.waiting(STREAM.fine)));
    assert.equal(recorder.rings[STREAM.fine]?.dropped, true);
    assert.equal(recorder.rings[STREAM.coarse]?.dropped, false);
    assert.equal(create(flash, RAW_PLAN.records, 2).rings[STREAM.fine]?.dropped, true);
  });
});
