/**
 * Bytes per reading on the wire, and what sealing costs.
 * @module
 */
import { createCipheriv, createHmac } from "node:crypto";
import { Encoder } from "cbor-x";
import { MAX_RUN } from "#firmware/core/exchange.ts";
import { encodeFrame } from "#firmware/wire/frame.ts";
import type { Reading } from "#firmware/wire/records.ts";
import { sealMessage } from "#firmware/wire/seal.ts";
import type { SealKeys } from "#firmware/wire/seal.ts";
import { median } from "./harness.ts";
import type { Bench, Figure } from "./harness.ts";

const KEY = new Uint8Array(32).fill(1);
const keys: SealKeys = {
  mac: (message) => createHmac("sha256", KEY).update(message).digest(),
  ctr: (iv, data) => createCipheriv("aes-128-ctr", KEY.subarray(16), iv).update(data),
};

/** Two meters at 10 s: a battery at about 3 A with its charge, and the bus; noise as of an ACS712 on 12 bits. */
function readings(count: number): Reading[] {
  let importMwh = 1_000_000;
  return Array.from({ length: count }, (_, i): Reading => {
    const meter = i % 2;
    const noiseMa = (i * 37) % 41;
    importMwh += meter === 1 ? 100 + (i % 3) : 0;
    return {
      kind: "reading",
      meter,
      uptimeMs: 3_600_000 + Math.floor(i / 2) * 10_003,
      currentMa: 2990 + noiseMa,
      minCurrentMa: 2970 - noiseMa,
      maxCurrentMa: 3050 + noiseMa,
      voltageMv: 12_400 - (i % 50),
      importMwh: meter === 1 ? importMwh : 70_000,
      exportMwh: meter === 1 ? 5 : 900_000 + i * 50,
      relays: 2,
      flags: 0,
      ...(meter === 0 ? { chargePermille: 251 } : {}),
    };
  });
}

/** Sealed as by a board some weeks old, 40 ms after the newest reading ended. */
function seal(records: Reading[]): { bytes: number; count: number } {
  const boot = 12;
  const uptimeMs = (records.at(-1)?.uptimeMs ?? 0) + 40;
  const { plaintext, count } = encodeFrame({ stream: 0, uptimeMs, boot, sequence: 1700, records }, boot);
  return { bytes: sealMessage(keys, new Uint8Array(6), { boot, number: 900 }, plaintext).length, count };
}

function microseconds(work: () => void): number {
  const turns = 2000;
  return median(
    Array.from({ length: 7 }, () => {
      const start = process.hrtime.bigint();
      for (let i = 0; i < turns; i++) work();
      return Number(process.hrtime.bigint() - start) / turns / 1000;
    }),
  );
}

export const wire: Bench = {
  name: "wire",
  summary: "bytes per reading in a frame, and the time to encode and seal one",
  async run(): Promise<Figure[]> {
    const many = readings(120);
    const full = seal(many);
    const run = seal(many.slice(0, MAX_RUN));
    const lone = seal(many.slice(1, 2));
    const maps = new Encoder({ useRecords: false }).encode(many.slice(0, full.count)).length;
    const sealFull = microseconds(() => seal(many));
    const macOnly = microseconds(() => keys.mac(new Uint8Array(full.bytes)));
    return [
      { name: `reading in a full frame of ${full.count}`, value: full.bytes / full.count, unit: "bytes", reference: { name: "as CBOR maps, unsealed", value: maps / full.count }, aim: { of: "value", atMost: 14 } },
      { name: `reading in a frame of ${run.count}, as a board fills it`, value: run.bytes / run.count, unit: "bytes" },
      { name: "lone reading", value: lone.bytes, unit: "bytes", aim: { of: "value", atMost: 60 } },
      { name: "encode and seal a full frame", value: sealFull, unit: "µs", reference: { name: "HMAC of as many bytes", value: macOnly } },
    ];
  },
};
