/**
 * A process to be recorded: takes frames of simulated boards into the store in its folder, and writes a line for each acknowledgement
 * before the next frame of that board. Somebody reads now and then, so that what is in the journal is filed in between. It ends without
 * closing the store, as a power cut would end it.
 *
 * usage: recorded.ts FOLDER BOARDS PER_BOARD
 * @module
 */
import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { join } from "node:path";
import { parseCoap } from "#firmware/wire/coap.ts";
import { createKeyring } from "#gateway/auth/keyring.ts";
import { createCommands } from "#gateway/ingest/commands.ts";
import { createIngest } from "#gateway/ingest/ingest.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { BOARDS_KEY, createBoard } from "#tools/bench/ingest/boards.ts";

const READ_EVERY = 4;

const [folder = assert.fail("FOLDER is missing"), boards = "", perBoard = ""] = process.argv.slice(2);
const store = await openSqliteStore(join(folder, "store.sqlite"));
const clock = { nowMs: () => Date.now() };
const log = { error: console.error };
const commands = await createCommands({ store, clock, log });
const keyring = createKeyring(await store.boards(), BOARDS_KEY);
const ingest = await createIngest({ store, keyring, commands, clock, slotMs: 900_000, log });

await Promise.all(
  Array.from({ length: Number(boards) }, async (_, index) => {
    const board = createBoard(index);
    for (let number = 0; number < Number(perBoard); number++) {
      const outcome = await ingest.accept(parseCoap(board.datagram(number)).payload);
      assert.ok("ack" in outcome, JSON.stringify(outcome));
      writeSync(1, `ack ${index} ${number}\n`);
      if (index === 0 && number % READ_EVERY === 0) await store.latest();
    }
  }),
);
process.exit(0);
