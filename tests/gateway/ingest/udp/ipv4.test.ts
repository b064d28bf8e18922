/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatIpv4, parseIpv4 } from "#gateway/ingest/udp/ipv4.ts";

describe("IPv4 addresses", () => {
  it("are integers whose first byte is the highest", () => {
    assert.equal(parseIpv4("127.0.0.1"), 0x7f000001);
    assert.equal(formatIpv4(0xc0a80114), "192.168.1.20");
    assert.equal(parseIpv4("255.255.255.255"), 0xffffffff);
  });

  it("come back as they were", () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => assert.equal(formatIpv4(parseIpv4(text)), text)),
      { seed: 20411 },
    );
  });

  it("are nothing else", () => {
    for (const text of ["", "localhost", "1.2.3", "1.2.3.256", "::1", "1.2.3.4 "]) assert.throws(() => parseIpv4(text), /no IPv4 address/);
  });
});
