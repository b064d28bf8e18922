import assert from "node:assert/strict";
import { FlashPages, type FlashHost } from "#firmware/drivers/flash.ts";

function host(pageBytes: number): FlashHost & { calls: unknown[] } {
  const calls: unknown[] = [];
  return {
    calls,
    read: (length, address) => (calls.push(["read", length, address]), new Uint8Array(length)),
    write: (data, address) => void calls.push(["write", data.length, address]),
    erasePage: (address) => void calls.push(["erase", address]),
    getPage: (address) => ({ addr: address - (address % pageBytes), length: pageBytes }),
  };
}

describe("flash region", () => {
  it("reads, writes and erases from its address on", () => {
    const flash = host(4096);
    const region = new FlashPages(flash, 0x310000, 65536, null);
    region.read(8, 4);
    region.write(new Uint8Array(4), 12);
    region.erase(4096);
    assert.deepEqual(flash.calls, [
      ["read", 8, 0x310004],
      ["write", 4, 0x31000c],
      ["erase", 0x311000],
    ]);
  });

  it("erases all pages of a sector where pages are smaller", () => {
    const flash = host(1024);
    new FlashPages(flash, 0x10000, 65536, null).erase(4096);
    assert.deepEqual(
      flash.calls,
      [0x11000, 0x11400, 0x11800, 0x11c00].map((address) => ["erase", address]),
    );
  });

  it("refuses an address where no page begins, or pages that do not divide a sector", () => {
    assert.throws(() => new FlashPages(host(4096), 100, 65536, null), /no page begins at 100/);
    assert.throws(() => new FlashPages(host(65536), 0x310000, 65536, null), /no page/);
    assert.throws(() => new FlashPages({ ...host(4096), getPage: () => undefined }, 0, 65536, null), /no page/);
  });
});
