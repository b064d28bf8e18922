/** Against a real mosquitto, where there is one. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import type { MqttClient } from "mqtt";
import { SOURCE } from "#firmware/wire/records.ts";
import { publishCommitted } from "#gateway/api/live.ts";
import { createTestClock } from "#tests/gateway/api/clock.ts";
import { BOARD, story } from "#tests/gateway/api/home.ts";
import { createHousehold } from "#tests/gateway/api/household.ts";
import { createHouse, until } from "./house.ts";
import type { House, Shared } from "./house.ts";

const MOSQUITTO = "/usr/sbin/mosquitto";
const PASSWORD = "broker's own";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => void server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : assert.fail("no port");
}

describe("MQTT with Home Assistant discovery", function () {
  let folder: string;
  let port: number;
  let tlsPort: number;
  let broker: ChildProcess | undefined;
  let shared: Shared | undefined;
  const open: (() => Promise<unknown>)[] = [];

  async function startBroker(): Promise<void> {
    broker = spawn(MOSQUITTO, ["-c", join(folder, "mosquitto.conf")], { stdio: "ignore" });
    await until("the broker", async () => {
      try {
        await (await watcher()).endAsync(true);
        return true;
      } catch {
        return false;
      }
    });
  }
  async function stopBroker(): Promise<void> {
    const own = broker;
    if (own === undefined || own.exitCode !== null) return;
    await new Promise((resolve) => {
      own.once("exit", resolve);
      own.kill();
    });
    broker = undefined;
  }
  const certificate = (): string => join(folder, "cert.pem");
  const watcher = (): Promise<MqttClient> => connectAsync(`mqtt://127.0.0.1:${port}`, { username: "daisee", password: PASSWORD, reconnectPeriod: 0 });

  /** @param settings.url of another broker than ours. */
  async function house(settings: { url?: string; caPath?: string; password?: string; allowControl?: boolean } = {}, own = shared): Promise<House> {
    const made = await createHouse(async (dataDir) => {
      await writeFile(join(dataDir, "mqtt-password"), `${settings.password ?? PASSWORD}\n`, { mode: 0o600 });
      const mqtt = { url: settings.url ?? `mqtt://127.0.0.1:${port}`, username: "daisee", passwordPath: "mqtt-password", publishSeconds: 0.1, allowControl: settings.allowControl ?? true, ...(settings.caPath !== undefined && { caPath: settings.caPath }) };
      return { mqtt };
    }, own);
    open.push(() => made.close());
    return made;
  }
  const statusOf = ({ integrations }: House) => integrations.list().find(({ name }) => name === "mqtt") ?? assert.fail("no status");

  /** A client that keeps what it hears. */
  async function listen(filter: string): Promise<{ heard: Map<string, string>; client: MqttClient }> {
    const client = await watcher();
    const heard = new Map<string, string>();
    client.on("message", (topic, payload) => void heard.set(topic, payload.toString()));
    await client.subscribeAsync(filter, { qos: 1 });
    open.push(() => client.endAsync(true));
    return { heard, client };
  }

  before(async function () {
    if (!existsSync(MOSQUITTO)) {
      console.log(`      (skipped: there is no ${MOSQUITTO}; Debian's package mosquitto has it)`);
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), "daisee-mosquitto-"));
    port = await freePort();
    spawnSync("mosquitto_passwd", ["-b", "-c", join(folder, "passwords"), "daisee", PASSWORD]);
    tlsPort = await freePort();
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1"];
    const hasTls = spawnSync("openssl", [...made, "-out", certificate(), "-keyout", join(folder, "key.pem")]).status === 0;
    const tls = hasTls ? `listener ${tlsPort} 127.0.0.1\ncertfile ${certificate()}\nkeyfile ${folder}/key.pem\n` : "";
    const user = process.getuid?.() === 0 ? "user root\n" : "";
    await writeFile(join(folder, "mosquitto.conf"), `${user}allow_anonymous false\npassword_file ${folder}/passwords\nlistener ${port} 127.0.0.1\n${tls}`);
    await startBroker();
    const clock = createTestClock();
    shared = { clock, home: await createHousehold(clock) };
  });
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close();
  });
  after(async () => {
    await stopBroker();
    await shared?.home.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it("announces every meter, relay and battery, and tells what they measure", async () => {
    const { heard } = await listen("#");
    await house();
    await until("the states", () => heard.has(`daisee/1/${BOARD}/meter/1`) && heard.has(`daisee/1/${BOARD}/relays`));
    const configs = [...heard].filter(([topic, payload]) => topic.endsWith("/config") && payload !== "").map(([topic, payload]) => ({ topic, config: Object(JSON.parse(payload)) }));
    const idOf = (suffix: string) => configs.find(({ config }) => config.unique_id === `daisee_1_${BOARD}_${suffix}`)?.config ?? assert.fail(suffix);
    for (const meter of [0, 1]) {
      for (const way of ["imported", "exported"]) {
        const { device_class, state_class, unit_of_measurement, state_topic } = idOf(`${meter}_${way}`);
        assert.deepEqual([device_class, state_class, unit_of_measurement], ["energy", "total_increasing", "kWh"]);
        assert.ok(heard.has(state_topic), state_topic);
      }
    }
    assert.equal(idOf("0_charge").device_class, "battery");
    assert.equal(configs.some(({ config }) => config.unique_id === `daisee_1_${BOARD}_1_charge`), false);
    assert.match(configs.find(({ config }) => config.unique_id.endsWith("relay1"))?.topic ?? "", /^homeassistant\/switch\//);
    assert.equal(new Set(configs.map(({ config }) => config.unique_id)).size, configs.length);
    for (const { config } of configs) for (const { topic } of config.availability) assert.equal(heard.get(topic), "online");
    const meter: unknown = JSON.parse(heard.get(`daisee/1/${BOARD}/meter/1`) ?? "");
    const { exported, ...shown } = Object(meter);
    assert.equal(exported, 0);
    assert.ok(shown.imported > 0 && shown.imported < 0.001 * 240 && shown.power > 0, JSON.stringify(shown));
  });

  it("keeps what it told for whoever comes later, and is offline when it stops", async () => {
    const made = await house();
    await until("the states", () => (statusOf(made).counters["published"] ?? 0) > 10);
    const { heard } = await listen("#");
    await until("what is retained", () => heard.has(`daisee/1/${BOARD}/meter/0`) && heard.get("daisee/1/status") === "online");
    await made.integrations.stop();
    await until("offline", () => heard.get("daisee/1/status") === "offline");
  });

  it("says that a board is offline when its readings are old", async () => {
    const { heard } = await listen("daisee/#");
    // A household of its own: its clock goes on.
    const clock = createTestClock();
    const own = await createHousehold(clock);
    open.push(() => own.close());
    const made = await house({}, { clock, home: own });
    await until("online", () => heard.get(`daisee/1/${BOARD}/status`) === "online");
    made.clock.advance(60_000);
    made.parts.live.publish({ type: "chain" } as never); // oxlint-disable-line typescript/no-unsafe-type-assertion -- any notification wakes it
    await until("offline", () => heard.get(`daisee/1/${BOARD}/status`) === "offline");
    assert.equal(heard.get("daisee/1/status"), "online");
  });

  it("queues what is wished as an override like the API's, and counts what is malformed", async () => {
    const made = await house();
    await until("a connection", () => statusOf(made).state === "working");
    const { client } = await listen("nothing");
    await client.publishAsync(`daisee/1/${BOARD}/set/source`, "bus", { qos: 1 });
    await until("a command", async () => (await made.commands.list(BOARD, { limit: 10 })).length === 1);
    await client.publishAsync(`daisee/1/${BOARD}/set/relay1`, "ON", { qos: 1 });
    await until("another one", async () => (await made.commands.list(BOARD, { limit: 2 })).length === 2);
    const [relay, source] = await made.commands.list(BOARD, { limit: 2 });
    assert.deepEqual(source?.command, { kind: "override", source: SOURCE.bus, durationMs: 3_600_000 });
    assert.deepEqual(relay?.command, { kind: "override", source: SOURCE.own, durationMs: 3_600_000 });
    const wrong: [string, string][] = [
      [`daisee/1/${BOARD}/set/source`, "give"],
      [`daisee/1/${BOARD}/set/relay3`, "ON"],
      [`daisee/1/${BOARD}/set/relay1`, "\0maybe"],
      [`daisee/1/${BOARD}/set/source/deeper`, "bus"],
      ["daisee/1/ffffffffffff/set/source", "bus"],
      [`daisee/1/${BOARD}/set/source`, "x".repeat(4096)],
    ];
    for (const [topic, payload] of wrong) await client.publishAsync(topic, payload, { qos: 1 });
    await until("all refused", () => statusOf(made).counters["refused"] === wrong.length);
    assert.equal(statusOf(made).state, "working");
    assert.equal((await made.commands.list(BOARD, { limit: 10 })).length, 2);
    const audit = await made.home.store.audit({ limit: 10 });
    await until("the log", async () => (await made.home.store.audit({ limit: 10 })).filter(({ action }) => action === "board.override").length === 2);
    assert.ok(audit.every(({ actor }) => actor !== "nobody"));
  });

  it("listens to nobody unless the settings allow it", async () => {
    const made = await house({ allowControl: false });
    const before = await made.commands.list(BOARD, { limit: 1 });
    await until("the states", () => (statusOf(made).counters["published"] ?? 0) > 10);
    const { client, heard } = await listen("homeassistant/#");
    await client.publishAsync(`daisee/1/${BOARD}/set/source`, "bus", { qos: 1 });
    await until("the announcements", () => [...heard.keys()].some((topic) => topic.includes("/binary_sensor/")));
    assert.deepEqual([...heard.keys()].filter((topic) => /\/(switch|select)\//.test(topic) && heard.get(topic) !== ""), []);
    assert.deepEqual(await made.commands.list(BOARD, { limit: 1 }), before);
  });

  it("tells the price where there is a tariff, and every state that it announced", async () => {
    const { heard } = await listen("#");
    const made = await house();
    const tariff = { name: "One price", currency: "EUR", timeZone: "Europe/Paris", validFrom: "2025-12-01", bands: [{ name: "all", importMicroPerKwh: 227_600, exportMicroPerKwh: 0, windows: [] }], fixed: { micro: 0, per: "month" }, subscribedPowerW: null, meters: [] };
    assert.equal((await made.home.ask("owner", "POST", "/tariffs", tariff)).status, 201);
    await made.integrations.stop();
    await house();
    await until("the price", () => heard.get("daisee/1/price") === "0.2276");
    const configs = [...heard].filter(([topic, payload]) => topic.endsWith("/config") && payload !== "").map(([, payload]) => Object(JSON.parse(payload)));
    const price = configs.find(({ unique_id }) => unique_id === "daisee_1_price");
    assert.deepEqual([price.unit_of_measurement, price.state_class, price.state_topic], ["EUR/kWh", "measurement", "daisee/1/price"]);
    // What Home Assistant needs of an entity of any kind, and that each finds its value in the message that it is sent to.
    for (const { device, name, origin, qos, state_topic, unique_id, value_template } of configs) {
      assert.ok(device.identifiers.length > 0 && name !== "" && origin.name !== "" && qos === 1, unique_id);
      const state = heard.get(state_topic) ?? assert.fail(`${unique_id} has no state at ${state_topic}`);
      const key = /^\{\{ value_json\.(\w+) \}\}$/.exec(value_template ?? "")?.[1];
      if (value_template === undefined) assert.ok(Number(state) > 0);
      else assert.ok(key !== undefined && Object.hasOwn(Object(JSON.parse(state)), key), `${unique_id}: ${value_template} in ${state}`);
    }
  });

  it("is held up by a broker that answers no more, and holds nothing else up", async () => {
    const sockets: Socket[] = [];
    const hanging = createServer((socket) => {
      sockets.push(socket);
      // It accepts the connection (MQTT 3.1.1, 3.2), and from then on reads and says nothing.
      socket.once("data", () => {
        socket.write(Uint8Array.of(0x20, 2, 0, 0));
        socket.pause();
      });
    });
    await new Promise<void>((resolve) => void hanging.listen(0, "127.0.0.1", resolve));
    const address = hanging.address();
    assert.ok(address !== null && typeof address === "object");
    const clock = createTestClock();
    const own = await createHousehold(clock);
    const made = await house({ url: `mqtt://127.0.0.1:${address.port}` }, { clock, home: own });
    await until("a connection", () => statusOf(made).state === "working");
    const newest = async (): Promise<number> => Object(await (await fetch(`${made.url}/api/v1/latest`, { headers: await own.headersOf("token read") })).json()).items.length;
    assert.equal(await newest(), 2);
    for (const record of story(140).slice(-40)) {
      // The same as a frame from a board: committed, acknowledged, published to whoever looks.
      const committed = await own.commit([record]);
      assert.equal(committed.length, 1);
      publishCommitted(made.parts.live, committed);
    }
    assert.equal(await newest(), 2);
    assert.equal(statusOf(made).counters["published"], 0);
    await made.integrations.stop();
    for (const socket of sockets) socket.destroy();
    hanging.close();
    open.push(() => own.close());
  });

  it("speaks TLS with a broker whose certificate it was given, and with no other", async function () {
    if (!existsSync(certificate())) this.skip();
    const url = `mqtts://127.0.0.1:${tlsPort}`;
    const trusting = await house({ url, caPath: certificate() });
    await until("a connection", () => statusOf(trusting).state === "working");
    await trusting.integrations.stop();
    const doubting = await house({ url });
    await until("a refusal", () => statusOf(doubting).state === "retrying");
    assert.match(statusOf(doubting).lastError ?? "", /self-signed certificate/);
    assert.equal(statusOf(doubting).counters["connected"], 0);
  });

  it("shows wrong credentials, and tries again", async () => {
    const made = await house({ password: "another one" });
    await until("two attempts", () => (statusOf(made).counters["attempts"] ?? 0) >= 2);
    const { state, lastError, counters } = statusOf(made);
    assert.equal(state, "retrying");
    assert.match(lastError ?? "", /not authorized/i);
    assert.equal(counters["connected"], 0);
    assert.ok(!JSON.stringify(statusOf(made)).includes("another one"));
  });

  it("comes back when the broker does, and tells everything anew", async () => {
    const made = await house();
    await until("a connection", () => statusOf(made).state === "working");
    await stopBroker();
    await until("that it is noticed", () => statusOf(made).state === "retrying");
    const latest = await made.home.ask("token read", "GET", "/latest");
    assert.equal(latest.status, 200);
    await startBroker();
    await until("another connection", () => statusOf(made).state === "working" && statusOf(made).counters["connected"] === 2);
    const { heard } = await listen("#");
    await until("the states", () => heard.has(`daisee/1/${BOARD}/meter/0`));
  });

  it("cannot be started with a password that others can read", async () => {
    const made = await createHouse(async (dataDir) => {
      await writeFile(join(dataDir, "p"), "x\n", { mode: 0o644 });
      return { mqtt: { url: `mqtt://127.0.0.1:${port}`, username: "daisee", passwordPath: "p" } };
    });
    open.push(() => made.close());
    const { state, lastError } = statusOf(made);
    assert.equal(state, "failed");
    assert.match(lastError ?? "", /chmod 600/);
  });
});
