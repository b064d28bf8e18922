/**
 * The gateway's metrics, by the conventions of Prometheus: base units (joules, not kWh; ratios, not per cent), counters that end in
 * `_total`. Gathered when somebody asks.
 * @module
 */
import { Counter, Gauge, Registry } from "prom-client";
import type { IntegrationStatus } from "../status.ts";
import type { IntegrationParts } from "../ports.ts";

const JOULES_PER_MWH = 3.6;
const RELAYS = 2;

export interface Metrics {
  contentType: string;
  /** All metrics as text. @throws the store's errors. */
  render(): Promise<string>;
}

type Sources = Pick<IntegrationParts, "store" | "ingest" | "ledger" | "node"> & { integrations: () => IntegrationStatus[] };

/** Metrics in a registry of their own. */
export function createMetrics({ store, ingest, ledger, node, integrations }: Sources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) => new Gauge({ name, help, labelNames, registers });
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) => new Counter({ name, help, labelNames, registers });

  const METER = ["board", "meter", "kind"] as const;
  const info = gauge("daisee_node_info", "The home that this gateway stands for; always 1.", ["node", "name", "role"]);
  const meterInfo = gauge("daisee_meter_info", "Names of meters and their boards; always 1.", [...METER, "board_name", "name"]);
  const power = gauge("daisee_meter_power_watts", "Mean power of the newest reading; positive is import.", [...METER]);
  const current = gauge("daisee_meter_current_amperes", "Mean current of the newest reading; positive is import.", [...METER]);
  const voltage = gauge("daisee_meter_voltage_volts", "Voltage of the newest reading.", [...METER]);
  const imported = counter("daisee_meter_imported_joules_total", "Energy imported over the meter's life.", [...METER]);
  const exported = counter("daisee_meter_exported_joules_total", "Energy exported over the meter's life.", [...METER]);
  const readAt = gauge("daisee_meter_reading_timestamp_seconds", "End of the newest reading, seconds since 1970.", [...METER]);
  const charge = gauge("daisee_battery_charge_ratio", "Charge of the battery, 0 to 1.", [...METER]);
  const relay = gauge("daisee_relay_closed", "Whether the relay is closed (1) or open (0).", ["board", "relay"]);
  const frames = counter("daisee_ingest_frames_total", "Frames from boards, by what became of them, since the gateway's start.", ["result"]);
  const records = counter("daisee_ingest_records_total", "Records in accepted frames since the gateway's start.", ["result"]);
  const refusedFrames = counter("daisee_ingest_refused_total", "Messages that were refused since the gateway's start.", ["reason"]);
  const database = gauge("daisee_store_database_bytes", "Size of the database and its log.");
  const free = gauge("daisee_store_free_bytes", "Free space on the database's disk.");
  const following = gauge("daisee_chain_following", "Whether the chain answers and is the right one (1) or not (0).");
  const head = gauge("daisee_chain_head_block", "Number of the newest block seen.");
  const open = gauge("daisee_outbox_open_transactions", "Transactions that are not final.");
  const reverted = counter("daisee_outbox_reverted_total", "Transactions that the contract refused since the gateway's start.");
  const state = gauge("daisee_integration_working", "Whether an integration that is configured works (1) or not (0).", ["integration"]);
  const events = counter("daisee_integration_events_total", "What an integration did and refused since the gateway's start.", ["integration", "event"]);

  async function gather(): Promise<void> {
    const [boards, latest, storage] = [await store.boards(), await store.latest(), await store.storage()];
    // Counters live elsewhere; here each is set to what it is.
    registry.resetMetrics();
    info.set({ node: node.id, name: node.name, role: node.role }, 1);
    for (const board of boards) {
      for (const { meter, kind, name } of board.meters) {
        const labels = { board: board.boardId, meter, kind };
        meterInfo.set({ ...labels, board_name: board.name, name }, 1);
        const reading = latest.readings.find((one) => one.boardId === board.boardId && one.meter === meter);
        if (reading === undefined) continue;
        power.set(labels, (reading.currentMa * reading.voltageMv) / 1_000_000);
        current.set(labels, reading.currentMa / 1000);
        voltage.set(labels, reading.voltageMv / 1000);
        imported.inc(labels, reading.importMwh * JOULES_PER_MWH);
        exported.inc(labels, reading.exportMwh * JOULES_PER_MWH);
        if (reading.endUtcMs !== null) readAt.set(labels, reading.endUtcMs / 1000);
        if (reading.chargePermille !== undefined) charge.set(labels, reading.chargePermille / 1000);
      }
      const own = latest.readings.filter(({ boardId }) => boardId === board.boardId);
      const newest = own.toSorted((a, b) => (b.endUtcMs ?? 0) - (a.endUtcMs ?? 0))[0];
      if (newest === undefined) continue;
      for (let bit = 0; bit < RELAYS; bit++) relay.set({ board: board.boardId, relay: `K${bit + 1}` }, (newest.relays >> bit) % 2);
    }
    const { accepted, repeated, recordsStored, recordsDuplicate, refused } = ingest.counters;
    frames.inc({ result: "accepted" }, accepted);
    frames.inc({ result: "repeated" }, repeated);
    records.inc({ result: "stored" }, recordsStored);
    records.inc({ result: "duplicate" }, recordsDuplicate);
    for (const [reason, count] of Object.entries(refused)) refusedFrames.inc({ reason }, count);
    database.set(storage.databaseBytes);
    free.set(storage.freeBytes);
    const chain = ledger.status();
    following.set(chain.state === "following" ? 1 : 0);
    if (chain.headNumber !== null) head.set(chain.headNumber);
    open.set(chain.openTransactions);
    reverted.inc(chain.revertedTransactions);
    for (const one of integrations()) {
      if (one.state === "off") continue;
      state.set({ integration: one.name }, one.state === "working" ? 1 : 0);
      for (const [event, count] of Object.entries(one.counters)) events.inc({ integration: one.name, event }, count);
    }
  }

  // Readers that come at once share one answer: the registry is one, and the store is asked once.
  let underWay: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    render() {
      underWay ??= gather()
        .then(() => registry.metrics())
        .finally(() => (underWay = undefined));
      return underWay;
    },
  };
}
