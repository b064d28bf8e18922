import { createHmac, createSecretKey, hash, createHash, createCipheriv } from "node:crypto";
import { sha256 } from "/work/main/node_modules/@noble/hashes/esm/sha2.js";
import { hmac } from "/work/main/node_modules/@noble/hashes/esm/hmac.js";

function us(name, n, work) {
  let best = Infinity;
  for (let r = 0; r < 9; r++) {
    const c = process.cpuUsage();
    for (let i = 0; i < n; i++) work(i);
    const { user, system } = process.cpuUsage(c);
    best = Math.min(best, (user + system) / n);
  }
  console.log(best.toFixed(2).padStart(8), name);
}
const N = 50000;
const key = Buffer.alloc(32, 7); const k = createSecretKey(key);
const m = Buffer.alloc(66, 3);
us("createHmac digest()", N, () => createHmac("sha256", k).update(m).digest());
us("createHmac digest(latin1)", N, () => createHmac("sha256", k).update(m).digest("latin1"));
us("createHmac digest(hex)", N, () => createHmac("sha256", k).update(m).digest("hex"));
const inner = Buffer.alloc(64 + 66); const outer = Buffer.alloc(96);
us("hash x2 buffer", N, () => { hash("sha256", inner, "buffer"); hash("sha256", outer, "buffer"); });
us("hash x2 latin1", N, () => { outer.latin1Write(hash("sha256", inner, "latin1"), 64); hash("sha256", outer, "latin1"); });
us("hash x2 binary", N, () => { outer.latin1Write(hash("sha256", inner, "binary"), 64); hash("sha256", outer, "binary"); });
const base = hmac.create(sha256, key); const to = hmac.create(sha256, key);
const out = new Uint8Array(32);
us("noble hmac clone", N, () => { base._cloneInto(to); to.update(m); to.digestInto(out); });
us("noble sha256 66B", N, () => { sha256(m) });
const c = createCipheriv("aes-128-ecb", key.subarray(0, 16), null).setAutoPadding(false);
const blocks = new Uint8Array(32);
us("ecb update 2 blocks", N, () => c.update(blocks));
us("ecb update 2 blocks latin1", N, () => c.update(blocks, undefined, "latin1"));
us("new Uint8Array(32)", N, () => new Uint8Array(32));
us("new Uint8Array(65)", N, () => new Uint8Array(65));
us("new Uint8Array(160)", N, () => new Uint8Array(160));
us("Buffer.allocUnsafe(160)", N, () => Buffer.allocUnsafe(160));
