/**
 * mosquitto, where it is installed, on the same readings: QoS 1 publications a second to a persistent session, and how many of those that
 * it had acknowledged are gone after kill -9.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { MqttClient } from "mqtt";
import { freePorts } from "#chain/ports.ts";
import { createBoard } from "./boards.ts";
import { startOther } from "./other-server.ts";
import type { Compared } from "./other-server.ts";

const CLIENTS = 20;
const PER_CLIENT = 500;
const TOPIC = "frames";
const SETTLE_MS = 1000;

function connect(port: number, clientId: string): Promise<MqttClient> {
  return connectAsync({ host: "127.0.0.1", port, clientId, clean: false, reconnectPeriod: 0 });
}

/** Publications a second, and what is missing of them after kill -9 and a restart. */
export async function measureMosquitto(binary: string, folder: string): Promise<Compared> {
  const [port = NaN] = await freePorts(1);
  // As careful as it can be set: it has no setting that syncs before it acknowledges.
  const settings = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${folder}/\nautosave_interval 1\nmax_queued_messages 0\nuser root\n`;
  const settingsPath = join(folder, "mosquitto.conf");
  await writeFile(settingsPath, settings);
  const probe = async (): Promise<void> => (await connect(port, "probe")).endAsync();
  const kill = await startOther(binary, ["-c", settingsPath], probe);
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
  const again = await startOther(binary, ["-c", settingsPath], probe);
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
