/**
 * The whole path, end to end, with every part real but the board's chip and the wires: physics → ADC → the firmware's bundle → UDP → gateway
 * process → SQLite → anvil → contracts → `daisee verify`.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Contract } from "ethers";
import { connectChain } from "#chain/provider.ts";
import { energyLedgerAbi } from "#contracts/dist/abi.ts";
import { meterIdOf } from "#contracts/meter-id.ts";
import { bodyOf, createClient } from "#gateway/api/client.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import type { BoardEvent, Reading } from "#gateway/api/schemas/records.ts";
import type { Settlement } from "#gateway/api/schemas/trade.ts";
import { DEMO_ACCOUNT } from "#tools/village/home.ts";
import type { Home } from "#tools/village/home.ts";
import { DEMO_SLOT_MS } from "#tools/village/homes.ts";
import type { Village } from "#tools/village/village.ts";
import { startTwoHomes } from "./two-homes.ts";

const SEED = 2017;
const DAISEE = fileURLToPath(new URL("../../tools/daisee.mjs", import.meta.url));
const BATTERY = 0;
const BUS = 1;
/** An ACS712-20A on the ESP32's converter, two-point calibrated and auto-zeroed (hardware facts: 0.27 A). */
const SENSOR_ERROR_MA = 270;

/** Asks again until it gets an answer that is not null; fails with what it waited for. */
async function eventually<T>(what: string, ask: () => Promise<T | null>, timeoutMs = 90_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`);
    await delay(200);
  }
}

const clientOf = (home: Home) => createClient(home.dashboard.slice(0, -1));

async function readingsOf(home: Home): Promise<Reading[]> {
  const client = clientOf(home);
  const readings: Reading[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Reading[]; nextCursor: string | null } = await bodyOf(
      client.readings.$get({ query: { limit: "1000", ...(cursor !== null && { cursor }) } }),
    );
    readings.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return readings;
}

async function eventsOf(home: Home): Promise<BoardEvent[]> {
  return (await bodyOf(clientOf(home).events.$get({ query: { limit: "1000" } }))).items;
}

async function batchesOf(home: Home): Promise<Batch[]> {
  return (await bodyOf(clientOf(home).batches.$get({ query: { limit: "1000" } }))).items;
}

async function settlementsOf(home: Home): Promise<Settlement[]> {
  return (await bodyOf(clientOf(home).settlements.$get({ query: { limit: "1000" } }))).items;
}

/** The newest reading of the bus meter in a final batch during which energy flowed all the time: it did so before, too. */
async function settledBusReading(home: Home): Promise<Reading | null> {
  const final = new Set((await batchesOf(home)).filter(({ transaction }) => transaction.state === "final").map(({ number }) => number));
  const readings = await readingsOf(home);
  const flowed = (reading: Reading | undefined): boolean => Math.abs(reading?.currentMa ?? 0) > 1000;
  const bus = readings.filter(({ meter }) => meter === BUS);
  return bus.findLast((reading, i) => flowed(reading) && flowed(bus[i - 1]) && reading.batchNumber !== null && final.has(reading.batchNumber)) ?? null;
}

/** Every record of a board, readings and events, is numbered in one row per boot. */
function assertNoGap(readings: Reading[], events: BoardEvent[]): void {
  const numbers = new Map<number, number[]>();
  for (const { id } of [...readings, ...events]) {
    const [, boot, sequence] = id.split("-").map(Number);
    assert.ok(boot !== undefined && sequence !== undefined);
    numbers.set(boot, [...(numbers.get(boot) ?? []), sequence]);
  }
  for (const [boot, sequences] of numbers) {
    sequences.sort((a, b) => a - b);
    const first = sequences[0] ?? 0;
    assert.deepEqual(sequences, sequences.map((_, i) => first + i), `boot ${boot} has a gap or a double`);
  }
}

/** Runs the command; its tokens are kept in `config`, not in the user's own folder. */
function daisee(args: string[], config?: string): Promise<{ code: number; output: string }> {
  const env = config === undefined ? process.env : { ...process.env, XDG_CONFIG_HOME: config };
  return new Promise((resolve) => {
    execFile(process.execPath, [DAISEE, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

function verify(village: Village, home: Home, reading: string): Promise<{ code: number; output: string }> {
  return daisee(["verify", reading, "--gateway", home.dashboard, "--rpc", village.rpcUrl, "--deployment", village.deploymentPath]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a village of two homes", function () {
  this.timeout(150_000);
  let folder: string;
  let village: Village;
  let consumer: Home;
  let producer: Home;
  /** What truly flowed in the consumer's bus line, by time. */
  const truth: { utcMs: number; busMa: number }[] = [];
  let watching: NodeJS.Timeout;
  const crashes: Error[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-village-"));
    ({ village, consumer, producer } = await startTwoHomes({ folder, speed: 1, seed: SEED, crashes }));
    watching = setInterval(() => {
      truth.push({ utcMs: Date.now(), busMa: village.physics.world.flows("consumer").busAmps * 1000 });
    }, 50);
  });

  after(async () => {
    clearInterval(watching);
    const pids = village?.pids() ?? [];
    await village?.stop();
    await rm(folder, { recursive: true, force: true });
    assert.deepEqual(pids.filter(isRunning), [], "processes left behind");
  });

  it("moves the consumer's load to the neighbours' bus when its battery is low, and says why", async () => {
    const event = await eventually("the consumer's board to switch", async () => (await eventsOf(consumer)).find(({ cause }) => cause === "batteryLow") ?? null);
    assert.equal(event.source, "bus");
    assert.equal(event.unit, "permille");
    assert.ok(event.value <= event.limit && event.limit === 250, `${event.value} at a limit of ${event.limit}`);
    assert.ok((await eventsOf(producer)).some(({ source }) => source === "give"));
  });

  it("meters the energy at both ends and settles it in batches of both homes", async () => {
    const drawn = await eventually("the consumer's batch", () => settledBusReading(consumer));
    const given = await eventually("the producer's batch", () => settledBusReading(producer));
    assert.ok(drawn.importMwh > 0 && given.exportMwh > 0);
    assert.deepEqual(drawn.closedRelays, [2]);
    // The consumer's battery rests meanwhile: nobody is fed from two sources.
    const battery = (await readingsOf(consumer)).findLast(({ meter, endUtcMs }) => meter === BATTERY && endUtcMs === drawn.endUtcMs);
    assert.ok(battery !== undefined && battery.currentMa > -SENSOR_ERROR_MA, `the battery gives ${battery?.currentMa} mA`);
  });

  it("pays the producer what the consumer drew, at the producer's price, and both homes read it alike to the last unit", async () => {
    const paid = await eventually("a slot that the consumer paid for", async () => (await settlementsOf(consumer)).find(({ lines }) => lines.some(({ why }) => why === "preferred")) ?? null);
    const got = await eventually("the same slot at the producer's", async () => (await settlementsOf(producer)).find(({ slot }) => slot === paid.slot) ?? null);
    const sale = (lines: Settlement["lines"]) => lines.filter(({ why }) => why === "preferred");
    const [line] = sale(paid.lines);
    assert.ok(line !== undefined && line.energyMwh !== null && line.energyMwh > 0);
    assert.deepEqual([line.buyer, line.seller, line.pricePerKwh], [consumer.node, producer.node, "150000"]);
    const withoutAmount = (lines: Settlement["lines"]) => sale(lines).map(({ amount: _amount, ...entry }) => entry);
    assert.deepEqual(withoutAmount(got.lines), withoutAmount(paid.lines));
    // Who pays, pays the next whole unit, who gets, gets whole ones.
    const kept = BigInt(line.amount) - BigInt(sale(got.lines)[0]?.amount ?? -9);
    assert.ok(kept === 0n || kept === 1n, `${kept} units stay in the pool`);
    assert.equal(got.transactionHash, paid.transactionHash);
    for (const [home, { amount, lines }] of [[consumer, paid], [producer, got]] as const) {
      const sum = lines.reduce((total, entry) => total + (entry.seller === home.node ? BigInt(entry.amount) : 0n) - (entry.buyer === home.node ? BigInt(entry.amount) : 0n), 0n);
      assert.equal(String(sum), amount);
    }
  });

  it("proves one reading from the converter to the chain", async () => {
    const reading = await eventually("a settled reading", () => settledBusReading(consumer));
    const { endUtcMs } = reading;
    assert.ok(endUtcMs !== null);
    const within = truth.filter(({ utcMs }) => utcMs > endUtcMs - 1000 && utcMs <= endUtcMs);
    const trueMa = within.reduce((sum, { busMa }) => sum + busMa, 0) / within.length;
    assert.ok(Math.abs(reading.currentMa - trueMa) < SENSOR_ERROR_MA, `read ${reading.currentMa} mA, truly ${trueMa} mA`);

    const { code, output } = await verify(village, consumer, reading.id);
    assert.equal(code, 0, output);
    assert.match(output, /is in batch \d+ on the chain/);
  });

  it("does not prove another home's reading, or one that is in no batch", async () => {
    const reading = await eventually("a settled reading", () => settledBusReading(consumer));
    const foreign = await verify(village, producer, reading.id);
    assert.equal(foreign.code, 1);
    assert.match(foreign.output, /no proof of reading/);
    const unknown = await verify(village, consumer, `${consumer.plan.boardId}-16777215-1`);
    assert.equal(unknown.code, 1);
  });

  it("lets who logs in hold a source by hand, and no one else; then the board goes by its own rules again", async () => {
    const config = join(folder, "config");
    const at = ["--gateway", consumer.dashboard];
    const refused = await daisee(["board", "override", "--source", "own", "--minutes", "5", ...at], config);
    assert.equal(refused.code, 1);
    assert.match(refused.output, /daisee login --gateway/);

    const passwordFile = join(folder, "demo-password");
    await writeFile(passwordFile, DEMO_ACCOUNT.password, { mode: 0o600 });
    const login = await daisee(["login", "--name", DEMO_ACCOUNT.name, "--password-file", passwordFile, "--scope", "control", ...at], config);
    assert.equal(login.code, 0, login.output);
    assert.ok(!login.output.includes(DEMO_ACCOUNT.password));

    const identified = await daisee(["board", "identify", "--seconds", "1", ...at], config);
    assert.equal(identified.code, 0, identified.output);
    assert.match(identified.output, /blinks for 1 s/);

    const before = (await eventsOf(consumer))[0]?.id;
    const held = await daisee(["board", "override", "--source", "off", "--minutes", "5", ...at], config);
    assert.equal(held.code, 0, held.output);
    const off = await eventually("the board to open its relays", async () => (await eventsOf(consumer)).find(({ cause, source, id }) => id !== before && cause === "override" && source === "off") ?? null);
    const ended = await daisee(["board", "override", "--end", ...at], config);
    assert.equal(ended.code, 0, ended.output);
    await eventually("its own rules", async () => (await eventsOf(consumer)).find(({ cause, utcMs }) => cause === "overrideOver" && (utcMs ?? 0) > (off.utcMs ?? 0)) ?? null);
    const settings = await daisee(["board", "settings", "--json", ...at], config);
    assert.deepEqual(JSON.parse(settings.output).pending, []);
  });

  it("loses no acknowledged reading and counts none twice when the consumer's gateway is killed", async () => {
    const before = await readingsOf(consumer);
    await consumer.killGateway();
    await delay(4000);
    await consumer.startGateway();
    const restartedMs = Date.now();
    await eventually("the backlog and fresh readings", async () => {
      const newest = (await readingsOf(consumer)).at(-1);
      return newest !== undefined && (newest.endUtcMs ?? 0) > restartedMs + 1000 ? newest : null;
    });
    const lastSlot = Math.floor(restartedMs / DEMO_SLOT_MS);
    await eventually("the backlog's batch", async () => (await batchesOf(consumer)).find(({ slot, transaction }) => slot >= lastSlot && transaction.state === "final") ?? null);

    const after = await readingsOf(consumer);
    const ids = new Set(after.map(({ id }) => id));
    assert.equal(ids.size, after.length, "a reading is there twice");
    assert.deepEqual(before.filter(({ id }) => !ids.has(id)), [], "acknowledged readings are missing");
    assertNoGap(after, await eventsOf(consumer));
    for (const meter of [BATTERY, BUS]) {
      const counters = after.filter((reading) => reading.meter === meter);
      counters.reduce((last, reading) => {
        assert.ok(reading.importMwh >= last.importMwh && reading.exportMwh >= last.exportMwh, `a counter of meter ${meter} ran backwards`);
        return reading;
      });
    }
  });

  it("has on the chain exactly what the gateways committed", async () => {
    const provider = connectChain(village.rpcUrl, village.deployment.chainId);
    try {
      const ledger = new Contract(village.deployment.contracts.energyLedger.address, energyLedgerAbi, provider);
      for (const home of [consumer, producer]) {
        // A batch may be under way: both sides are compared as of the newest final one.
        const batches = (await batchesOf(home)).filter(({ transaction }) => transaction.state === "final").toReversed();
        assert.deepEqual(batches.map(({ number }) => number), batches.map((_, i) => i + 1));
        const batched = (await readingsOf(home)).filter(({ batchNumber }) => batchNumber !== null && batchNumber <= batches.length);
        assert.equal(batched.length, batches.reduce((sum, { readingCount }) => sum + readingCount, 0));
        for (const { number, root } of batches) assert.equal(await ledger.getFunction("batchRoot")(home.node, number), root);
        const committed = await ledger.queryFilter(ledger.getEvent("BatchCommitted")(home.node));
        assert.equal(new Set(committed.map(({ transactionHash }) => transactionHash)).size, committed.length);
        assert.ok(committed.length >= batches.length);

        const state = await ledger.getFunction("meterState")(meterIdOf(home.plan.boardId, BUS));
        const newest = (await readingsOf(home)).findLast(({ meter }) => meter === BUS);
        assert.ok(newest !== undefined && Number(state.importMwh) <= newest.importMwh && Number(state.exportMwh) <= newest.exportMwh);
      }
      // Both ends agree within the cable's loss and both sensors' errors (270 mA each, of about 3 A), up to the end of a slot that both committed:
      // one gateway may be a few slots ahead of the other.
      const newestSlots = await Promise.all([consumer, producer].map(async (home) => (await batchesOf(home)).find(({ transaction }) => transaction.state === "final")?.slot ?? 0));
      const endMs = (Math.min(...newestSlots) + 1) * DEMO_SLOT_MS;
      const lastOf = async (home: Home) => (await readingsOf(home)).findLast(({ meter, endUtcMs }) => meter === BUS && endUtcMs !== null && endUtcMs <= endMs);
      const imported = (await lastOf(consumer))?.importMwh ?? 0;
      const exported = (await lastOf(producer))?.exportMwh ?? 0;
      assert.ok(imported > 0 && Math.abs(imported - exported) < 0.25 * exported, `imported ${imported} mWh, exported ${exported} mWh`);
    } finally {
      provider.destroy();
    }
  });

  it("derives every batch and every clearing of the community anew, and finds no difference", async () => {
    const gateways = [consumer, producer].flatMap(({ dashboard }) => ["--gateway", dashboard]);
    const { code, output } = await daisee(["verify", "--community", ...gateways, "--rpc", village.rpcUrl, "--deployment", village.deploymentPath]);
    assert.equal(code, 0, output);
    assert.match(output, /[1-9]\d* slots cleared anew/);
    for (const { node } of [consumer, producer]) assert.match(output, new RegExp(`node ${node}: the roots of [1-9]\\d* batches follow from [1-9]\\d* readings`));
  });

  it("ran without a crash", () => assert.deepEqual(crashes, []));
});
