import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEspruinoImage } from "#tools/board/espruino-image.ts";
import { ESPRUINO_FILES as FILES, image } from "./espruino-files.ts";


describe("a downloaded interpreter", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-image-test-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(changes: Record<string, Buffer | null> = {}): Promise<string> {
    const unpacked = join(folder, "espruino_2v29_esp32");
    await mkdir(unpacked);
    for (const [name, data] of Object.entries({ ...FILES, ...changes })) if (data !== null) await writeFile(join(unpacked, name), data);
    return unpacked;
  }

  it("is read from a folder, each file with its address", async () => {
    const parts = await readEspruinoImage(await write());
    assert.deepEqual(
      parts.map(({ name, address, data }) => [name, address, data.length]),
      [
        ["bootloader.bin", 0x1000, 20_000],
        ["partitions_espruino.bin", 0x8000, 3072],
        ["espruino_esp32.bin", 0x10000, 400_000],
      ],
    );
  });

  it("is read from the archive", async () => {
    await write();
    const archive = join(folder, "espruino_2v29_esp32.tgz");
    execFileSync("tar", ["-czf", archive, "-C", folder, "espruino_2v29_esp32"]);
    assert.equal((await readEspruinoImage(archive)).length, 3);
  });

  for (const [what, changes, expected] of [
    ["lacks a file", { "bootloader.bin": null }, /bootloader\.bin is missing/],
    ["is for another chip", { "espruino_esp32.bin": image(400_000, 5, "Espruino") }, /is for the ESP32-C3, not the ESP32/],
    ["is cut short", { "espruino_esp32.bin": image(1000, 0, "Espruino") }, /has 1000 bytes/],
    ["is another program", { "espruino_esp32.bin": image(400_000, 0, "Tasmota") }, /not Espruino/],
    ["has another file in place of its partitions", { "partitions_espruino.bin": Buffer.alloc(3072) }, /is no partition table/],
    ["has another file in place of its image", { "bootloader.bin": Buffer.alloc(20_000) }, /is no image for an ESP32/],
  ] as const) {
    it(`is refused when it ${what}, and the message says where to get one`, async () => {
      const path = await write(changes);
      await assert.rejects(readEspruinoImage(path), (error: Error) => expected.test(error.message) && error.message.includes("https://www.espruino.com"));
    });
  }

  it("is refused when it is no archive, or not there", async () => {
    const file = join(folder, "x.bin");
    await writeFile(file, "x");
    await assert.rejects(readEspruinoImage(file), /neither a folder nor a \.tgz/);
    await assert.rejects(readEspruinoImage(join(folder, "none")), /there is no/);
  });
});
