import { createHmac, createSecretKey, createHash, hash, createCipheriv } from "node:crypto";
import { parseAnswer } from "#firmware/wire/coap.ts";
import { decodeFrame } from "#firmware/wire/frame.ts";
import { encodeAck } from "#firmware/wire/ack.ts";
import { openMessage, parseMessage, sealMessage } from "#firmware/wire/seal.ts";
import { boardSealKeys, createKeyring } from "#gateway/auth/keyring.ts";
import { receive, writeAnswer } from "#gateway/ingest/coap-message.ts";
import { createExchanges } from "#gateway/ingest/exchanges.ts";
import { createIngest } from "#gateway/ingest/ingest.ts";
import { openFrame } from "#gateway/ingest/opened.ts";
import { scan } from "#gateway/ingest/scan.ts";
import { packFrames, unpackFrames, unpackResult } from "#gateway/store/sqlite/transfer.ts";
import { BOARDS_KEY, admission, boardIdOf, createBoard, secretOf } from "./boards.ts";

function us(name: string, n: number, work: (i: number) => void): void {
  let best = Infinity;
  for (let r = 0; r < 5; r++) {
    const c = process.cpuUsage();
    for (let i = 0; i < n; i++) work(i);
    const { user, system } = process.cpuUsage(c);
    best = Math.min(best, (user + system) / n);
  }
  console.log(best.toFixed(2).padStart(8), name);
}
const N = 20000;
const B = 1000;
const boards = Array.from({ length: B }, (_, i) => createBoard(i));
const grams = Array.from({ length: N }, (_, i) => Buffer.from((boards[i % B]!).datagram(Math.floor(i / B))));
const keyring = createKeyring(Array.from({ length: B }, (_, i) => admission(i)), BOARDS_KEY);
const payloads = grams.map((g) => parseAnswer(g).payload);
const { up, down } = boardSealKeys(secretOf(0));
const parsed = payloads.map((p) => parseMessage(p));
console.log("payload bytes", payloads[0]!.length);
const iv = new Uint8Array(16);
us("hmac 84B", N, (i) => up.mac(payloads[i]!));
us("ctr 28B", N, () => up.ctr(iv, payloads[0]!.subarray(0, 28)));
us("receive (coap)", N, (i) => receive(grams[i]!));
us("parseAnswer", N, (i) => parseAnswer(grams[i]!));
us("scan", N, (i) => scan(payloads[i]!));
us("parseMessage", N, (i) => parseMessage(payloads[i]!));
const plains = parsed.map((m, i) => openMessage(keyring.keys(boardIdOf(i % B))!.up, m));
us("openMessage", N, (i) => openMessage(keyring.keys(boardIdOf(i % B))!.up, parsed[i]!));
us("decodeFrame", N, (i) => decodeFrame(plains[i]!, 12));
us("openFrame", N, (i) => openFrame(payloads[i]!, keyring));
const ack = { frameBoot: 12, frameNumber: 7, stream: 0 as const, boot: 12, sequence: 7, utcMs: Date.now() };
us("encodeAck", N, () => encodeAck(ack));
const id = Buffer.from(boardIdOf(0), "hex");
const eack = encodeAck(ack);
us("sealMessage ack", N, (i) => sealMessage(down, id, { boot: 12, number: i }, eack));
const sealed = sealMessage(down, id, { boot: 12, number: 1 }, eack);
const req = receive(grams[0]!);
if (req.kind === "request") us("writeAnswer", N, () => writeAnswer(req.request, 1, { code: "2.04", payload: sealed, contentFormat: 17 }));
const exchanges = createExchanges({ nowMs: () => Date.now() }, 4096);
let seq = 0;
us("exchanges.begin", N, (i) => { const { exchange } = exchanges.begin(`127.0.0.1 5555 ${seq++}`, grams[i]!); exchange.answer = sealed as Buffer; });
const store = { commitFrames: async (f: any) => { const p = packFrames(f); const r = new Uint8Array(f.length).fill(1); void p; return unpackResult(f, r as any); }, progress: async () => [], increment: async () => 1 };
const commands = { next: () => null, report: async () => {} };
const frames: any[] = [];
{
  let n = 0;
  for (let r = 0; r < 4; r++) {
    const ingest = await createIngest({ store, keyring, commands, clock: { nowMs: () => Date.now() }, slotMs: 900000, log: { error: console.error } as any, onCommitted: () => {}, limits: { maxWaiting: 100000 } });
    const c = process.cpuUsage();
    for (let from = 0; from < N; from += 500) {
      await new Promise<void>((resolve) => { let left = 500; for (let i = from; i < from + 500; i++) ingest.offer(payloads[i]!, (o) => { if ("ack" in o) n++; if (--left === 0) resolve(); }); });
    }
    const { user, system } = process.cpuUsage(c);
    console.log(((user + system) / N).toFixed(2).padStart(8), "ingest.offer to ack, stub store", n);
  }
}
