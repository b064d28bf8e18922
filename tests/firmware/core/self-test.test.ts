import assert from "node:assert/strict";
import { createCipheriv, createHash } from "node:crypto";
import { SECTOR_BYTES } from "#firmware/core/flash.ts";
import { testCrypto, testFlash, type CryptoProbe } from "#firmware/core/self-test.ts";
import { NorFlash, PowerCut } from "./nor-flash.ts";

const buffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
const CRYPTO: CryptoProbe = {
  SHA256: (data) => buffer(createHash("sha256").update(data).digest()),
  AES: { encrypt: (data, key) => buffer(createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(data)) },
};

describe("self-test", () => {
  it("passes flash that works, however the test before ended", () => {
    for (let energy = 0; energy < 2 * SECTOR_BYTES; energy += 61) {
      const flash = new NorFlash(2);
      flash.energy = energy;
      try {
        testFlash(flash, SECTOR_BYTES);
      } catch (error) {
        assert.ok(error instanceof PowerCut);
      }
      flash.energy = Infinity;
      for (let i = 0; i < 5; i++) testFlash(flash, SECTOR_BYTES);
      assert.ok(flash.cells.subarray(0, SECTOR_BYTES).every((cell) => cell === 0xff));
    }
  });

  it("erases its sector once in a thousand starts", () => {
    const flash = new NorFlash(2);
    for (let i = 0; i < 5000; i++) testFlash(flash, SECTOR_BYTES);
    assert.equal(flash.erasures, 5);
  });

  it("tells of flash that keeps nothing, or erases elsewhere or nothing, as one build of the interpreter does", () => {
    const stuck = new NorFlash(2);
    for (let i = 0; i < 8; i++) stuck.stuck.add(SECTOR_BYTES + i);
    assert.throws(() => testFlash(stuck, SECTOR_BYTES), /does not keep/);
    const elsewhere = new NorFlash(2);
    elsewhere.erase = () => undefined;
    for (let i = 0; i < 3; i++) assert.throws(() => testFlash(elsewhere, SECTOR_BYTES), /is not erased/);
  });

  it("passes SHA-256 and AES that are right, and no other", () => {
    testCrypto(CRYPTO);
    const wrong = (bytes: ArrayBuffer): ArrayBuffer => buffer(new Uint8Array(bytes).map((byte) => byte ^ 1));
    assert.throws(() => testCrypto({ ...CRYPTO, SHA256: (data) => wrong(CRYPTO.SHA256(data)) }), /wrong in this build/);
    const AES: CryptoProbe["AES"] = { encrypt: (...values) => wrong(CRYPTO.AES.encrypt(...values)) };
    assert.throws(() => testCrypto({ ...CRYPTO, AES }), /wrong in this build/);
  });
});
