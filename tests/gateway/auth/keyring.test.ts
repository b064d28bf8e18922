/**
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { openMessage, parseMessage, sealMessage } from "#firmware/wire/seal.ts";
import { boardSealKeys, createKeyring, unwrapSecret, wrapSecret } from "#gateway/auth/keyring.ts";

const NODE_KEY = createHash("sha256").update("node").digest();
const SECRET = createHash("sha256").update("board").digest();
const BOARD_ID = "0242ac110002";

describe("a wrapped board secret", () => {
  it("unwraps to what was wrapped, for its board and node only", () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const boardId = fc.stringMatching(/^[0-9a-f]{12}$/);
    fc.assert(
      fc.property(bytes, bytes, bytes, boardId, boardId, (nodeKey, otherKey, secret, board, other) => {
        fc.pre(board !== other && Buffer.compare(nodeKey, otherKey) !== 0);
        const wrapped = wrapSecret(nodeKey, board, secret);
        assert.deepEqual(unwrapSecret(nodeKey, board, wrapped), secret);
        assert.throws(() => unwrapSecret(otherKey, board, wrapped), /does not open/);
        assert.throws(() => unwrapSecret(nodeKey, other, wrapped), /does not open/);
        assert.equal(Buffer.from(wrapped).includes(Buffer.from(secret)), false);
      }),
      { seed: 20264 },
    );
  });

  it("is different each time", () => {
    assert.notDeepEqual(wrapSecret(NODE_KEY, BOARD_ID, SECRET), wrapSecret(NODE_KEY, BOARD_ID, SECRET));
  });

  it("is refused when any one bit is changed, or it is longer or shorter", () => {
    const wrapped = wrapSecret(NODE_KEY, BOARD_ID, SECRET);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = wrapped.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => unwrapSecret(NODE_KEY, BOARD_ID, changed), /admit the board again/);
    }
    for (let length = 0; length < wrapped.length; length++) {
      assert.throws(() => unwrapSecret(NODE_KEY, BOARD_ID, wrapped.slice(0, length)), /unknown form/);
    }
    assert.throws(() => unwrapSecret(NODE_KEY, BOARD_ID, new Uint8Array([...wrapped, 0])), /unknown form/);
  });

  it("is not made of a key or secret of another length, and the error does not show them", () => {
    assert.throws(() => wrapSecret(NODE_KEY.subarray(1), BOARD_ID, SECRET), /32 bytes, not 31/);
    assert.throws(() => wrapSecret(NODE_KEY, BOARD_ID, SECRET.subarray(1)), /32 bytes, not 31/);
  });
});

describe("keyring", () => {
  const keyring = createKeyring([{ boardId: BOARD_ID, wrappedSecret: wrapSecret(NODE_KEY, BOARD_ID, SECRET) }], NODE_KEY);
  const id = Buffer.from(BOARD_ID, "hex");

  it("opens what the board sealed and seals what the board opens, each direction with keys of its own", () => {
    const gateway = keyring.keys(BOARD_ID) ?? assert.fail();
    const board = boardSealKeys(SECRET);
    const plaintext = Buffer.from("reading");
    const up = parseMessage(sealMessage(board.up, id, { boot: 1, number: 2 }, plaintext));
    assert.deepEqual(Buffer.from(openMessage(gateway.up, up)), plaintext);
    assert.throws(() => openMessage(gateway.down, up), /does not fit/);
    const down = parseMessage(sealMessage(gateway.down, id, { boot: 1, number: 2 }, plaintext));
    assert.deepEqual(Buffer.from(openMessage(board.down, down)), plaintext);
    assert.throws(() => openMessage(board.up, down), /does not fit/);
  });

  it("has no keys for a board that is not admitted", () => {
    assert.equal(keyring.keys("000000000000"), undefined);
  });

  it("is not made when a stored secret does not open", () => {
    const wrappedSecret = wrapSecret(NODE_KEY, "000000000000", SECRET);
    assert.throws(() => createKeyring([{ boardId: BOARD_ID, wrappedSecret }], NODE_KEY), new RegExp(`board ${BOARD_ID}'s secret`));
  });
});
