/**
 * `daisee board flash`: from a bare ESP32 to a board that the gateway hears.
 * @module
 */
import { randomBytes } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { SingleBar } from "cli-progress";
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import { SECRET_BYTES } from "#firmware/wire/keys.ts";
import { COMMON_ARGUMENTS, integerOption, numberOption } from "../arguments.ts";
import { readEspruinoImage, WHERE_TO_GET_IT } from "../board/espruino-image.ts";
import { flashBoard } from "../board/flash.ts";
import { newBoard, newSettings } from "../board/new-settings.ts";
import type { NewBoardOptions } from "../board/new-settings.ts";
import { choosePort, listPorts } from "../board/ports.ts";
import { heard, register } from "../board/registration.ts";
import { FIRMWARE_FILE } from "../board/upload.ts";
import type { StorageFile } from "../board/upload.ts";
import { UsageError } from "../errors.ts";
import { connectGateway, GATEWAY_ARGUMENT } from "../gateway/connect.ts";
import { askPassword, askText, readSecretFile } from "../prompts.ts";

const BUNDLE = fileURLToPath(new URL("../../firmware/dist/board.js", import.meta.url));
const DEFAULT_COAP_PORT = 5683;
const BOARDS = ["hall", "shunt", "clamp"] as const;

/** This machine's first IPv4 address that is not the loopback's: where boards reach a gateway that runs here. */
function lanAddress(): string | null {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? null;
}

function hostAndPort(text: string): { host: string; port: number } {
  const [host = "", port = String(DEFAULT_COAP_PORT), ...rest] = text.split(":");
  if (host === "" || rest.length > 0) throw new UsageError(`--coap takes an IPv4 address and a port, as 192.168.1.5:5683, not "${text}".`);
  return { host, port: integerOption("coap", port, 1, 65_535) };
}

export const boardFlash = defineCommand({
  meta: {
    name: "board flash",
    description: "Flash an ESP32 on a USB cable: interpreter, firmware, key, Wi-Fi, and admit it. Example: daisee board flash --espruino ~/Downloads/espruino_2v29_esp32.tgz --name kitchen",
  },
  args: {
    ...GATEWAY_ARGUMENT,
    port: { type: "string", description: "Serial port; found by itself when there is one board", valueHint: "path" },
    console: { type: "string", description: "Where the board's console answers, when that is another port, or an interpreter behind tcp://host:port", valueHint: "path" },
    espruino: { type: "string", description: "Espruino's .tgz for the ESP32, or its unpacked folder; not needed when it is on the board", valueHint: "file" },
    firmware: { type: "string", description: "Firmware to store", valueHint: "file", default: BUNDLE },
    name: { type: "string", description: "What to call the board; asked for when it is not given" },
    role: { type: "string", description: "consumer or producer; default: the home's", valueHint: "role" },
    board: { type: "string", description: "What is soldered: hall, shunt or clamp", default: "hall" },
    ssid: { type: "string", description: "Name of the Wi-Fi; asked for when it is not given" },
    wifiPasswordFile: { type: "string", description: "File (mode 0600) with the Wi-Fi's password, instead of being asked", valueHint: "file" },
    coap: { type: "string", description: "Where boards reach the gateway; default: this machine's address, port 5683", valueHint: "ip:port" },
    batteryAh: { type: "string", description: "Capacity of the battery in Ah", valueHint: "Ah", default: "100" },
    reading: { type: "string", description: "A reading each so many seconds", valueHint: "s", default: "10" },
    wait: { type: "string", description: "How long to wait for the first reading, in s", valueHint: "s", default: "120" },
    boot: { type: "string", description: "How long this board takes to start, in s", valueHint: "s", default: "3" },
    dryRun: { type: "boolean", description: "Check everything and change nothing", default: false },
    json: { type: "boolean", description: "Print each step as a line of JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const board = BOARDS.find((one) => one === args.board);
    if (board === undefined) throw new UsageError(`--board takes ${BOARDS.join(", ")}, not "${args.board}".`);
    // What can fail without a cable comes first.
    const image = args.espruino === undefined ? null : await readEspruinoImage(args.espruino);
    const bundle = await readFile(args.firmware).catch((cause: unknown) => {
      throw new Error(`there is no firmware ${args.firmware}: run "npm run build", or name it with --firmware`, { cause });
    });
    const client = await connectGateway(args.gateway);
    const node = await bodyOf(client.node.$get());
    const role = args.role ?? node.role;
    if (role !== "consumer" && role !== "producer") throw new UsageError(`--role takes consumer or producer, not "${role}".`);
    const coap = args.coap ?? lanAddress();
    if (coap === null) throw new UsageError("this machine has no address in a LAN: give --coap, as 192.168.1.5:5683.");
    // The uploader knows a port by the name that the system lists, not by a link to it.
    const port = args.port === undefined ? choosePort(await listPorts()) : await realpath(args.port).catch(() => args.port ?? "");

    const name = args.name ?? (await askText("What shall the board be called?", "--name"));
    const ssid = args.ssid ?? (await askText("Name of the Wi-Fi", "--ssid"));
    const password = args.wifiPasswordFile === undefined ? await askPassword("Password of the Wi-Fi", "--wifi-password-file") : await readSecretFile(args.wifiPasswordFile);
    const options: NewBoardOptions = {
      board,
      role,
      wifi: { ssid, password },
      gateway: hostAndPort(coap),
      slotMs: node.slotMs,
      readingMs: Math.round(numberOption("reading", args.reading, 0.1, 3600) * 1000),
      batteryAh: numberOption("battery-ah", args.batteryAh, 0.1, 10_000),
    };
    newSettings("000000000000", 1, options);
    const tell = (step: string, text: string): void => console.log(args.json ? JSON.stringify({ step, text }) : `${step.padEnd(14)} ${text}`);
    if (args.dryRun) {
      tell("port", port);
      tell("interpreter", image === null ? `left as it is; to write it, ${WHERE_TO_GET_IT}` : image.map(({ name: part, data }) => `${part} (${data.length} bytes)`).join(", "));
      tell("firmware", `${bundle.length} bytes, board ${board}, ${role}, a reading every ${options.readingMs / 1000} s`);
      tell("gateway", `${args.gateway}; boards reach it at ${options.gateway.host}:${options.gateway.port}`);
      tell("dry run", "nothing was changed");
      return;
    }

    const secret = randomBytes(SECRET_BYTES);
    const files = (boardId: string, firstBoot: number): StorageFile[] => [
      { name: "daisee.json", data: Buffer.from(JSON.stringify(newSettings(boardId, firstBoot, options))) },
      { name: "daisee.key", data: secret },
      { name: FIRMWARE_FILE, data: bundle },
    ];
    let bar: SingleBar | null = null;
    const endBar = (): void => {
      bar?.stop();
      bar = null;
    };
    try {
      await flashBoard(
        {
          loaderPort: port,
          consolePort: args.console ?? port,
          image,
          files,
          register: (boardId) => register(client, newBoard(boardId, name, secret.toString("hex"), options)),
          heard: (boardId) => heard(client, boardId, node.nowUtcMs),
          bootMs: numberOption("boot", args.boot, 0, 60) * 1000,
          heardTimeoutMs: integerOption("wait", args.wait, 0, 3600) * 1000,
        },
        {
          step(step, text) {
            endBar();
            tell(step, text);
          },
          progress(part, sent, total) {
            if (args.json || !process.stdout.isTTY) return;
            if (bar === null) {
              bar = new SingleBar({ format: `{part}  {bar} {percentage} %, {eta} s left`, hideCursor: true });
              bar.start(total, 0, { part });
            }
            bar.update(sent);
          },
        },
      );
    } finally {
      endBar();
    }
  },
});
