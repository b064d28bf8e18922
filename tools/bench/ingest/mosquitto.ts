/**
 * mosquitto, where it is installed, on the same readings: QoS 1 publications a second to a persistent session, and how many of those that
 * it had acknowledged are gone after kill -9.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { connectAsync } from "mqtt";
import type { MqttClient } from "mqtt";
import { createBoard } from "./boards.ts";

const CLIENTS = 20;
const PER_CLIENT = 500;
const TOPIC = "frames";
const READY_TRIES = 100;
const READY_MS = 50;
const SETTLE_MS = 1000;

/** Path of mosquitto, or undefined; Debian puts it where users' paths do not lead. */
export function findMosquitto(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, "mosquitto")).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address.
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

function connect(port: number, clientId: string): Promise<MqttClient> {
  return connectAsync({ host: "127.0.0.1", port, clientId, clean: false, reconnectPeriod: 0 });
}

async function start(binary: string, folder: string, port: number): Promise<() => Promise<void>> {
  const child = spawn(binary, ["-c", join(folder, "mosquitto.conf")], { stdio: "ignore" });
  for (let left = READY_TRIES; left > 0; left--) {
    try {
      await (await connect(port, "probe")).endAsync();
      break;
    } catch {
      await new Promise((resume) => setTimeout(resume, READY_MS));
    }
  }
  return async () => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
}

/** Publications a second, and what is missing of them after kill -9 and a restart. */
export async function measureMosquitto(binary: string, folder: string): Promise<{ perSecond: number; acknowledged: number; lost: number }> {
  const port = await freePort();
  // As careful as it can be set: it has no setting that syncs before it acknowledges.
  const settings = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${folder}/\nautosave_interval 1\nmax_queued_messages 0\nuser root\n`;
  await writeFile(join(folder, "mosquitto.conf"), settings);
  const kill = await start(binary, folder, port);
  const subscriber = await connect(port, "subscriber");
  await subscriber.subscribeAsync(TOPIC, { qos: 1 });
  await subscriber.endAsync();
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => connect(port, `board-${index}`)));
  const startMs = performance.now();
  await Promise.all(
    clients.map(async (client, index) => {
      const board = createBoard(index);
      for (let number = 0; number < PER_CLIENT; number++) await client.publishAsync(TOPIC, Buffer.from(board.datagram(number)), { qos: 1 });
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  await kill();
  for (const client of clients) client.end(true);
  const again = await start(binary, folder, port);
  let received = 0;
  const late = await connectAsync({ host: "127.0.0.1", port, clientId: "subscriber", clean: false, reconnectPeriod: 0, manualConnect: false });
  late.on("message", () => void received++);
  let before = -1;
  while (received !== before) {
    before = received;
    await new Promise((resume) => setTimeout(resume, SETTLE_MS));
  }
  late.end(true);
  await again();
  const acknowledged = CLIENTS * PER_CLIENT;
  return { perSecond: acknowledged / seconds, acknowledged, lost: acknowledged - received };
}
