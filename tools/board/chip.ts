/**
 * The chip's own loader: recognises the chip, and writes what it does not hold yet.
 * @module
 */
import { createHash } from "node:crypto";
import { ESPLoader, Transport } from "esptool-js";
import type { ImagePart } from "./espruino-image.ts";
import { createWebSerialPort } from "./web-serial.ts";

/** Loader speed once it runs; CP210x and CH340 bridges keep up with it. */
const BAUD_RATE = 460_800;
const ROM_BAUD_RATE = 115_200;

/** esptool-js talks much, some of it whatever its settings say; its user is told by steps instead. */
class QuietTransport extends Transport {
  override trace(): void {}
}
const SILENT = { clean: () => {}, write: () => {}, writeLine: () => {} };

export interface Chip {
  /** Such as "ESP32". */
  name: string;
  /** EUI-48 of its Wi-Fi station, 12 lower-case hex digits: the board's id. */
  boardId: string;
  /**
   * Writes a part and checks it; says `false` when the flash held it already. Running it again goes on where it stopped.
   * @param onProgress bytes sent, of so many (compressed).
   */
  write(part: ImagePart, onProgress: (sent: number, total: number) => void): Promise<boolean>;
  /** Starts what is in flash and lets go of the port. */
  restart(): Promise<void>;
  /** Lets go of the port. */
  close(): Promise<void>;
}

function md5(data: Uint8Array): string {
  return createHash("md5").update(data).digest("hex");
}

/** esptool-js writes whole words. */
function padded(data: Uint8Array): Uint8Array {
  if (data.length % 4 === 0) return data;
  const words = new Uint8Array(Math.ceil(data.length / 4) * 4).fill(0xff);
  words.set(data);
  return words;
}

/**
 * Connects to the loader of the chip at a serial port.
 * @param report what a person may have to do meanwhile.
 * @throws when the port does not open, nothing answers, or the cable is pulled.
 */
export async function connectChip(path: string, report: (text: string) => void): Promise<Chip> {
  let lose: (error: Error) => void = () => {};
  const lost = new Promise<never>((_resolve, reject) => {
    lose = reject;
  });
  lost.catch(() => {
    // Observed by whoever races with it.
  });
  const port = createWebSerialPort(path, {
    onLost: () => lose(new Error(`the board at ${path} went away: plug it in and run the same command again, it goes on where it stopped`)),
    onNoSignals: () => report("This port cannot reset the board: hold its BOOT button, press and release EN, then release BOOT."),
  });
  // esptool-js declares the browser's SerialPort; `WebSerialPort` has what it calls.
  const transport = new QuietTransport(port);
  const loader = new ESPLoader({ transport, baudrate: BAUD_RATE, romBaudrate: ROM_BAUD_RATE, terminal: SILENT });
  const orLost = <T>(work: Promise<T>): Promise<T> => Promise.race([work, lost]);
  const close = async (): Promise<void> => {
    await transport.disconnect().catch(() => {
      // It is gone already.
    });
  };

  try {
    await orLost(loader.detectChip("default_reset"));
  } catch (error) {
    await close();
    if (error instanceof Error && /open|permission|in use|no port|went away/.test(error.message)) throw error;
    throw new Error(`no ESP32 answers at ${path}: check the cable, hold the board's BOOT button while it connects, or name another port with --port`, {
      cause: error,
    });
  }
  const { chip } = loader;
  const boardId = (await orLost(chip.readMac(loader))).replaceAll(":", "").toLowerCase();

  let isReady = false;
  const prepare = async (): Promise<void> => {
    if (isReady) return;
    await orLost(loader.runStub());
    await orLost(loader.changeBaud());
    isReady = true;
  };

  return {
    name: chip.CHIP_NAME,
    boardId,
    async write({ address, data }, onProgress) {
      await prepare();
      const image = padded(data);
      if ((await orLost(loader.flashMd5sum(address, image.length))) === md5(image)) return false;
      await orLost(
        loader.writeFlash({
          fileArray: [{ data: image, address }],
          flashMode: "keep",
          flashFreq: "keep",
          flashSize: "keep",
          eraseAll: false,
          compress: true,
          calculateMD5Hash: md5,
          reportProgress: (_file, sent, total) => onProgress(sent, total),
        }),
      );
      return true;
    },
    async restart() {
      await loader.after("hard_reset");
      await close();
    },
    close,
  };
}
