/**
 * @module
 */
import assert from "node:assert/strict";
import { createCipheriv, createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { deriveKeys } from "#firmware/wire/keys.ts";
import { openMessage, parseMessage, sealMessage } from "#firmware/wire/seal.ts";
import { boardSealKeys, createKeyring, unwrapSecret, wrapSecret } from "#gateway/auth/keyring.ts";

const BOARDS_KEY = createHash("sha256").update("boards key").digest();
const SECRET = createHash("sha256").update("board").digest();
const BOARD_ID = "0242ac110002";

describe("a wrapped board secret", () => {
  it("unwraps to what was wrapped, for its board and under its key only", () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const boardId = fc.stringMatching(/^[0-9a-f]{12}$/);
    fc.assert(
      fc.property(bytes, bytes, bytes, boardId, boardId, (boardsKey, otherKey, secret, board, other) => {
        fc.pre(board !== other && Buffer.compare(boardsKey, otherKey) !== 0);
        const wrapped = wrapSecret(boardsKey, board, secret);
        assert.deepEqual(unwrapSecret(boardsKey, board, wrapped), secret);
        assert.throws(() => unwrapSecret(otherKey, board, wrapped), /does not open/);
        assert.throws(() => unwrapSecret(boardsKey, other, wrapped), /does not open/);
        assert.equal(Buffer.from(wrapped).includes(Buffer.from(secret)), false);
      }),
      { seed: 20264 },
    );
  });

  it("is different each time", () => {
    assert.notDeepEqual(wrapSecret(BOARDS_KEY, BOARD_ID, SECRET), wrapSecret(BOARDS_KEY, BOARD_ID, SECRET));
  });

  it("is refused when any one bit is changed, or it is longer or shorter", () => {
    const wrapped = wrapSecret(BOARDS_KEY, BOARD_ID, SECRET);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = wrapped.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => unwrapSecret(BOARDS_KEY, BOARD_ID, changed), /admit the board again/);
    }
    for (let length = 0; length < wrapped.length; length++) {
      assert.throws(() => unwrapSecret(BOARDS_KEY, BOARD_ID, wrapped.slice(0, length)), /unknown form/);
    }
    assert.throws(() => unwrapSecret(BOARDS_KEY, BOARD_ID, new Uint8Array([...wrapped, 0])), /unknown form/);
  });

  it("is not made of a key or secret of another length, and the error does not show them", () => {
    assert.throws(() => wrapSecret(BOARDS_KEY.subarray(1), BOARD_ID, SECRET), /32 bytes, not 31/);
    assert.throws(() => wrapSecret(BOARDS_KEY, BOARD_ID, SECRET.subarray(1)), /32 bytes, not 31/);
  });
});

describe("keyring", () => {
  const keyring = createKeyring([{ boardId: BOARD_ID, wrappedSecret: wrapSecret(BOARDS_KEY, BOARD_ID, SECRET) }], BOARDS_KEY);
  const id = Buffer.from(BOARD_ID, "hex");

  it("opens what the board sealed and seals what the board opens, each direction with keys of its own", () => {
    const gateway = keyring.find(id) ?? assert.fail();
    assert.equal(gateway.boardId, BOARD_ID);
    assert.deepEqual(Uint8Array.from(gateway.keyId), Uint8Array.from(id));
    const board = boardSealKeys(SECRET);
    const plaintext = Buffer.from("reading");
    const up = parseMessage(sealMessage(board.up, id, { boot: 1, number: 2 }, plaintext));
    assert.deepEqual(Buffer.from(openMessage(gateway.up, up)), plaintext);
    assert.throws(() => openMessage(gateway.down, up), /does not fit/);
    const down = parseMessage(sealMessage(gateway.down, id, { boot: 1, number: 2 }, plaintext));
    assert.deepEqual(Buffer.from(openMessage(board.down, down)), plaintext);
    assert.throws(() => openMessage(board.up, down), /does not fit/);
  });

  it("has no keys for a board that is not admitted, and has them from when it is until it is removed", () => {
    const other = "000000000000";
    const keyId = Buffer.from(other, "hex");
    assert.equal(keyring.find(keyId), undefined);
    const { up, down } = boardSealKeys(SECRET);
    keyring.add(other, { up, down });
    assert.deepEqual(keyring.find(keyId), { boardId: other, keyId, up, down });
    keyring.remove(other);
    assert.equal(keyring.find(keyId), undefined);
  });

  it("makes a keystream for each counter block, as AES in CTR mode does", () => {
    const { up } = boardSealKeys(SECRET);
    const iv = fc.uint8Array({ minLength: 15, maxLength: 15 }).map((bytes) => new Uint8Array([...bytes, 0]));
    const key = deriveKeys((mac, message) => createHmac("sha256", mac).update(message).digest(), SECRET).up.encryption;
    fc.assert(
      fc.property(iv, fc.uint8Array({ maxLength: 960 }), (counter, data) => {
        assert.deepEqual(Buffer.from(up.ctr(counter, data)), createCipheriv("aes-128-ctr", key, counter).update(data));
      }),
    );
  });

  it("is not made when a stored secret does not open", () => {
    const wrappedSecret = wrapSecret(BOARDS_KEY, "000000000000", SECRET);
    assert.throws(() => createKeyring([{ boardId: BOARD_ID, wrappedSecret }], BOARDS_KEY), new RegExp(`board ${BOARD_ID}'s secret`));
  });
});
