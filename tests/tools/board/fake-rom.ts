/**
 * The serial loader of an ESP32, as far as flashing needs it: the ROM's commands, then the stub's (Espressif, "Serial Protocol" of the
 * esptool documentation). Its flash is real bytes: erased on begin, inflated on write, hashed on demand.
 * @module
 */
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import type { PseudoTerminal } from "./pseudo-terminal.ts";

const SLIP_END = 0xc0;
const SLIP_ESCAPE = 0xdb;

const COMMAND = {
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  readRegister: 0x0a,
  changeBaudRate: 0x0f,
  deflateBegin: 0x10,
  deflateData: 0x11,
  deflateEnd: 0x12,
  flashMd5: 0x13,
} as const;

/** What a chip's register 0x40001000 says of its kind (esptool-js, targets/esp32.ts and esp32s2.ts). */
const CHIP_MAGIC = { ESP32: 0x00f01d83, "ESP32-S2": 0x000007c6 } as const;
const MAGIC_REGISTER = 0x40001000;
/** Second and third word of the eFuses: the station's EUI-48. */
const EFUSE_MAC_LOW = 0x3ff5a004;
const EFUSE_MAC_HIGH = 0x3ff5a008;

export interface FakeRom {
  flash: Uint8Array;
  /** Compressed bytes received so far. */
  received(): number;
  /** Calls back once when so many compressed bytes were received. */
  onReceived(bytes: number, call: () => void): void;
}

export function createFakeRom(
  terminal: PseudoTerminal,
  { boardId, chip = "ESP32", flash = new Uint8Array(4 * 1024 * 1024).fill(0xff) }: { boardId: string; chip?: keyof typeof CHIP_MAGIC; flash?: Uint8Array },
): FakeRom {
  const mac = Buffer.from(boardId, "hex");
  let isStub = false;
  let packet: number[] = [];
  let escaped = false;
  let writing = { address: 0, size: 0, chunks: [] as Uint8Array[] };
  let received = 0;
  let watch: { bytes: number; call: () => void } | null = null;

  function send(payload: Uint8Array): void {
    const bytes = [SLIP_END];
    for (const byte of payload) {
      if (byte === SLIP_END) bytes.push(SLIP_ESCAPE, 0xdc);
      else if (byte === SLIP_ESCAPE) bytes.push(SLIP_ESCAPE, 0xdd);
      else bytes.push(byte);
    }
    bytes.push(SLIP_END);
    terminal.write(Uint8Array.from(bytes));
  }

  function answer(command: number, value: number, data: Uint8Array = new Uint8Array()): void {
    // The ROM of an ESP32 ends with four bytes of status, the stub with two.
    const status = isStub ? 2 : 4;
    const reply = new Uint8Array(8 + data.length + status);
    const view = new DataView(reply.buffer);
    reply[0] = 1;
    reply[1] = command;
    view.setUint16(2, data.length + status, true);
    view.setUint32(4, value, true);
    reply.set(data, 8);
    send(reply);
  }

  function refuse(command: number): void {
    const reply = new Uint8Array(12);
    reply[0] = 1;
    reply[1] = command;
    reply[2] = 4;
    reply[8] = 1;
    reply[9] = 5;
    send(reply);
  }

  function readRegister(address: number): number {
    if (address === MAGIC_REGISTER) return CHIP_MAGIC[chip];
    if (address === EFUSE_MAC_LOW) return mac.readUInt32BE(2);
    if (address === EFUSE_MAC_HIGH) return mac.readUInt16BE(0);
    return 0;
  }

  function run(command: number, data: Buffer): void {
    switch (command) {
      case COMMAND.sync:
        for (let i = 0; i < 8; i++) answer(command, 0x20120707);
        return;
      case COMMAND.readRegister:
        return answer(command, readRegister(data.readUInt32LE(0)));
      case COMMAND.memBegin:
      case COMMAND.memData:
      case COMMAND.changeBaudRate:
        return answer(command, 0);
      case COMMAND.memEnd:
        answer(command, 0);
        isStub = true;
        return send(Buffer.from("OHAI"));
      case COMMAND.deflateBegin:
        writing = { address: data.readUInt32LE(12), size: data.readUInt32LE(0), chunks: [] };
        // The stub erases as it goes; what was there is gone either way.
        flash.fill(0xff, writing.address, writing.address + writing.size);
        return answer(command, 0);
      case COMMAND.deflateData: {
        const block = data.subarray(16, 16 + data.readUInt32LE(0));
        writing.chunks.push(Uint8Array.from(block));
        received += block.length;
        answer(command, 0);
        if (watch !== null && received >= watch.bytes) {
          const { call } = watch;
          watch = null;
          call();
        }
        return;
      }
      case COMMAND.deflateEnd:
        flash.set(inflateSync(Buffer.concat(writing.chunks)), writing.address);
        return answer(command, 0);
      case COMMAND.flashMd5: {
        const address = data.readUInt32LE(0);
        const hash = createHash("md5").update(flash.subarray(address, address + data.readUInt32LE(4)));
        return answer(command, 0, isStub ? hash.digest() : Buffer.from(hash.digest("hex")));
      }
      default:
        refuse(command);
    }
  }

  terminal.onData((data) => {
    for (const byte of data) {
      if (byte === SLIP_END) {
        const request = Buffer.from(packet);
        packet = [];
        if (request.length >= 8 && request[0] === 0) run(request[1] ?? 0, request.subarray(8));
      } else if (escaped) {
        packet.push(byte === 0xdc ? SLIP_END : SLIP_ESCAPE);
        escaped = false;
      } else if (byte === SLIP_ESCAPE) escaped = true;
      else packet.push(byte);
    }
  });

  return {
    flash,
    received: () => received,
    onReceived(bytes, call) {
      watch = { bytes, call };
    },
  };
}
