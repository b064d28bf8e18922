/**
 * Which serial port a board is on.
 * @module
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SerialPort } from "serialport";

/** A serial port as the operating system lists it. Ids are USB vendor and product, 4 lower-case hex digits. */
export interface ListedPort {
  path: string;
  vendorId?: string;
  productId?: string;
  manufacturer?: string;
}

/** Makers of the USB bridges on ESP32 boards, and Espressif's own USB port. */
const BRIDGES = new Map([
  ["10c4", "Silicon Labs CP210x"],
  ["1a86", "WCH CH34x"],
  ["0403", "FTDI"],
  ["303a", "Espressif"],
]);

function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** The machine's serial ports. Throws where they cannot be listed. */
export async function listPorts(): Promise<ListedPort[]> {
  // Without udevadm, serialport's listing ends the process (serialport#2765 names the cause: an unhandled spawn error).
  if (process.platform === "linux" && !isOnPath("udevadm")) {
    throw new Error('serial ports cannot be listed without udevadm: install the package "udev", or name the port with --port');
  }
  const ports = await SerialPort.list();
  return ports.map(({ path, vendorId, productId, manufacturer }) => ({
    path,
    ...(vendorId !== undefined && { vendorId: vendorId.toLowerCase() }),
    ...(productId !== undefined && { productId: productId.toLowerCase() }),
    ...(manufacturer !== undefined && { manufacturer }),
  }));
}

/** What the port's USB bridge is called, or null when it is none that ESP32 boards have. */
export function bridgeOf({ vendorId }: ListedPort): string | null {
  return BRIDGES.get(vendorId ?? "") ?? null;
}

/**
 * The one port that a board is on.
 * @throws when there is none, or more than one to choose from; the message names them.
 */
export function choosePort(ports: readonly ListedPort[]): string {
  const boards = ports.filter((port) => bridgeOf(port) !== null);
  const [first, ...others] = boards;
  if (first === undefined) {
    const seen = ports.length === 0 ? "no serial port" : `only ${ports.map(({ path }) => path).join(", ")}, none of them an ESP32's`;
    throw new Error(`there is ${seen}: plug the board in with a USB cable that carries data, or name its port with --port`);
  }
  if (others.length > 0) {
    const names = boards.map((port) => `${port.path} (${bridgeOf(port)})`).join(", ");
    throw new Error(`there is more than one board: ${names}. Name one of them with --port`);
  }
  return first.path;
}

/** The group that owns a port: "dialout" on Debian, "uucp" on Arch; null where that cannot be found out. */
function groupOf(path: string): string | null {
  try {
    const { gid } = statSync(path);
    const groups = readFileSync("/etc/group", "utf8").split("\n");
    return groups.find((line) => line.split(":")[2] === String(gid))?.split(":")[0] ?? null;
  } catch {
    return null;
  }
}

/** Turns an error on opening a port into one that says what to do. @param findGroup whose members may open a port. */
export function explainOpenError(path: string, error: Error, findGroup = groupOf): Error {
  const text = error.message;
  if (/permission denied|EACCES/i.test(text)) {
    const group = findGroup(path) ?? "dialout";
    const advice = group === "root" ? "its group is root, so the system does not know it as a serial adapter; plug it in again" : `add yourself to its group ("sudo usermod -aG ${group} $USER"), log in again`;
    return new Error(`there is no permission on ${path}: ${advice}`, { cause: error });
  }
  if (/no such file|ENOENT|file not found/i.test(text)) return new Error(`there is no port ${path}: is the board plugged in?`, { cause: error });
  if (/lock|busy|EBUSY|temporarily unavailable/i.test(text)) {
    return new Error(`${path} is in use: close the other program (a serial monitor?)`, { cause: error });
  }
  return new Error(`${path} does not open: ${text}`, { cause: error });
}
