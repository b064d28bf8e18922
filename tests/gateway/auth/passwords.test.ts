import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { BusyError, hashPassword, isPassword } from "#gateway/auth/passwords.ts";
import { createSecret, hashSecret } from "#gateway/auth/secrets.ts";
import { createSetupCode } from "#gateway/auth/setup-code.ts";

describe("passwords", () => {
  it("are kept as argon2id with a salt of their own, and recognised however they are composed", async () => {
    const [one, other] = await Promise.all([hashPassword("café au lait"), hashPassword("café au lait")]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(one, other);
    // é as one character or as two, as keyboards differ.
    assert.equal(await isPassword(one, "cafe\u0301 au lait"), true);
    assert.equal(await isPassword(one, "cafe au lait"), false);
  });

  it("of nobody fit nothing, after the same work", async () => {
    assert.equal(await isPassword(null, "anything at all"), false);
  });

  it("are checked a few at a time, and the others are told to come again", async () => {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => hashPassword("wind over the roof")));
    const busy = results.filter((result) => result.status === "rejected" && result.reason instanceof BusyError).length;
    assert.equal(busy, 8);
    assert.match(await hashPassword("wind over the roof"), /argon2id/);
  });
});

describe("secrets", () => {
  it("have 256 bits and are kept as their hash", () => {
    const { secret, secretHash } = createSecret(randomBytes, "daisee_");
    assert.match(secret, /^daisee_[\w-]{43}$/);
    assert.equal(hashSecret(secret), secretHash);
    assert.notEqual(createSecret(randomBytes).secret, createSecret(randomBytes).secret);
  });
});

describe("the set-up code", () => {
  it("fits itself in any case, with dashes, spaces or none, and letters that look like digits", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (bytes) => {
        const { text, fits } = createSetupCode(() => bytes);
        assert.match(text, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
        for (const typed of [
          text,
          text.toLowerCase(),
          text.replaceAll("-", ""),
          text.replaceAll("-", " "),
          text.replaceAll("0", "O"),
          text.replaceAll("1", "l"),
        ])
          assert.ok(fits(typed), typed);
      }),
    );
  });

  it("fits no other", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), fc.string({ maxLength: 20 }), (bytes, typed) => {
        const { text, fits } = createSetupCode(() => bytes);
        fc.pre(typed.toUpperCase().replaceAll(/[\s-]/g, "") !== text.replaceAll("-", ""));
        assert.equal(fits(typed), false);
      }),
    );
  });
});
