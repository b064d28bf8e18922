import assert from "node:assert/strict";
import { missingFiles, startFirmware, stopFirmware, uploadFiles } from "#tools/board/upload.ts";
import type { StorageFile } from "#tools/board/upload.ts";
import { openInterpreterConsole, openScriptedConsole } from "./console.ts";
import type { BoardConsole } from "./console.ts";

/** Every byte there is, some more than a chunk of the package. */
const KEY = Uint8Array.from({ length: 500 }, (_, index) => index % 256);
const FILES: StorageFile[] = [
  { name: "daisee.key", data: KEY },
  { name: "daisee.json", data: Buffer.from('{"version":1,"text":"a\\"b\\n"}') },
  { name: ".bootcde", data: Buffer.from(`print("booted");var x=${"1+".repeat(300)}1;`) },
];

function behavesAsConsole(open: () => Promise<BoardConsole>): void {
  let board: BoardConsole;
  beforeEach(async () => {
    board = await open();
  });
  afterEach(() => board.close());

  it("stores files byte for byte, and knows afterwards which are there", async () => {
    assert.deepEqual(await missingFiles(FILES, board), FILES);
    await uploadFiles(FILES, board);
    assert.deepEqual(await missingFiles(FILES, board), []);
    const changed = { name: "daisee.json", data: Buffer.from('{"version":2}') };
    assert.deepEqual(await missingFiles([KEY_FILE, changed], board), [changed]);
    await stopFirmware(board);
    assert.deepEqual((await missingFiles(FILES, board)).map(({ name }) => name), [".bootcde"]);
    await startFirmware(board);
  }).timeout(120_000);
}
const KEY_FILE: StorageFile = { name: "daisee.key", data: KEY };

describe("an upload", () => {
  describe("to a scripted console", () => {
    behavesAsConsole(() => openScriptedConsole());

    it("is refused when the board holds something else afterwards", async () => {
      const board = await openScriptedConsole({ corrupt: (text) => text.replace("version", "verslon") });
      try {
        await assert.rejects(uploadFiles(FILES, board), /did not store daisee\.json as sent: run the same command again/);
      } finally {
        await board.close();
      }
    });
  });

  it("says what to do when the cable is pulled in the middle", async () => {
    let chunks = 0;
    const board = await openScriptedConsole({
      corrupt(text) {
        chunks += 1;
        if (chunks === 2) void board.close();
        return text;
      },
    });
    await assert.rejects(uploadFiles([{ name: "daisee.json", data: Buffer.alloc(8000, "x") }], board), /(did not store daisee\.json as sent|the upload to .* failed).*run the same command again/);
    assert.ok(chunks >= 2);
  });

  describe("to a real interpreter (ESPRUINO)", function () {
    const binary = process.env["ESPRUINO"];
    if (binary === undefined) {
      it("is skipped: ESPRUINO names no interpreter");
      return;
    }
    behavesAsConsole(() => openInterpreterConsole(binary));
  });

  it("says so when nothing is there", async () => {
    await assert.rejects(missingFiles(FILES, { port: "tcp://127.0.0.1:9" }), /the upload to tcp:\/\/127\.0\.0\.1:9 failed|does not answer/);
  }).timeout(120_000);
});
