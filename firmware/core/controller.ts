/**
 * The control loop's one turn: sample, decide, drive, count, record. In this order, so that nothing stands between a threshold and its
 * relay but the sampling.
 * @module
 */
import { BatteryCharge } from "./battery.ts";
import { startMa } from "./board.ts";
import { Meter } from "./meter.ts";
import { Policy } from "./policy.ts";
import { Sensors } from "./sensors.ts";
import { SlotClock } from "./slots.ts";
import { CAUSE, FLAG } from "../wire/records.ts";
import type { MeterDefinition } from "./board.ts";
import type { Kept } from "./kept-records.ts";
import type { Inputs, Sensor } from "./sensor.ts";
import type { Settings } from "./settings.ts";
import type { PolicyEvent } from "./policy.ts";
import type { BoardRecord } from "../wire/records.ts";

export interface ControllerOptions {
  settings: Settings;
  inputs: Inputs;
  kept: Kept;
  /** Why the board started, of `RESET`. */
  resetCause: number;
  /** Drives the relays, one bit each. */
  drive: (relays: number) => void;
  /** Keeps a record; what it throws is reported and changes nothing here. */
  record: (record: BoardRecord) => void;
  report: (text: string) => void;
}

export class Controller {
  readonly slots: SlotClock;
  readonly policy: Policy;
  private readonly options: ControllerOptions;
  readonly sensors: Sensors;
  private readonly meters: Meter[];
  private readonly battery: BatteryCharge;
  private readingMs: number;
  private keeping: boolean;

  constructor(options: ControllerOptions) {
    const { settings, kept } = options;
    const { board } = settings;
    this.options = options;
    this.sensors = new Sensors(board, settings.calibration, options.inputs);
    this.policy = new Policy({
      role: settings.role,
      settings: settings.policy,
      wiring: settings.wiring,
      relays: board.relays.length,
      controlMs: settings.controlMs,
    });
    this.battery = new BatteryCharge(settings.battery, kept.chargePermille);
    this.slots = new SlotClock(settings.slotMs, kept.slot);
    this.meters = board.meters.map((meter, i) => {
      const channel = board.channels[meter.current];
      return new Meter(i, channel ? startMa(channel) : 0, kept.counters[i] || { importMwh: 0, exportMwh: 0 });
    });
    this.readingMs = 0;
    this.keeping = true;
    this.event(0, { source: this.policy.source, cause: CAUSE.boot, value: options.resetCause, limit: 0 });
  }

  /** One turn at uptime `nowMs`, `elapsedMs` after the last. */
  tick(nowMs: number, elapsedMs: number): void {
    const { settings, drive } = this.options;
    this.sensors.update(nowMs);
    const change = this.policy.step(this.observe(nowMs, elapsedMs));
    drive(this.policy.relays);
    this.count(elapsedMs);
    if (change) this.event(nowMs, change);
    if (nowMs - this.readingMs >= settings.readingMs) {
      // Whole intervals, so that a late turn does not shift the next.
      this.readingMs = nowMs - ((nowMs - this.readingMs) % settings.readingMs);
      this.meters.forEach((meter, i) => this.reading(meter, i, nowMs));
    }
    const end = this.slots.due(nowMs);
    if (!end) return;
    const meters = this.meters.map((meter) => ({ importMwh: meter.counters.importMwh, exportMwh: meter.counters.exportMwh }));
    this.keep({ kind: "checkpoint", uptimeMs: nowMs, slot: end.slot, flags: end.flags, meters });
  }

  private observe(nowMs: number, elapsedMs: number): Parameters<Policy["step"]>[0] {
    const { settings } = this.options;
    let currentMa = 0;
    let busMv = 0;
    settings.board.meters.forEach((meter) => {
      const current = this.sensor(meter.current);
      const voltage = this.sensor(meter.voltage);
      if (!current || !voltage || meter.name === "mains") return;
      currentMa = Math.max(currentMa, Math.abs(current.value));
      if (meter.name === "bus") busMv = voltage.value;
      else if (current.plausible && voltage.plausible) this.battery.update(current.value, voltage.value, elapsedMs);
    });
    const staleChannel = this.sensors.stale(nowMs, settings.policy.staleMs);
    return { nowMs, chargePermille: this.battery.permille(), currentMa, busMv, staleChannel };
  }

  private count(elapsedMs: number): void {
    this.options.settings.board.meters.forEach((definition, i) => {
      const meter = this.meters[i];
      const current = this.sensor(definition.current);
      const voltage = this.sensor(definition.voltage);
      if (!meter || !current || !voltage) return;
      if (current.clipped || voltage.clipped) meter.flag(FLAG.clipped);
      const powerUw = this.sensors.powerUw(definition);
      if (current.plausible && voltage.plausible) meter.add(current.value, current.min, current.max, voltage.value, powerUw, elapsedMs);
      else meter.flag(FLAG.suspect);
    });
  }

  private reading(meter: Meter, index: number, nowMs: number): void {
    const reading = meter.cut(nowMs, this.policy.relays);
    const definition: MeterDefinition | undefined = this.options.settings.board.meters[index];
    const charge = this.battery.permille();
    if (definition && definition.name === "battery" && charge !== null) reading.chargePermille = charge;
    this.keep(reading);
  }

  /** Keeps and reports what happened. */
  event(uptimeMs: number, { source, cause, value, limit }: PolicyEvent): void {
    this.options.report("source " + source + ": cause " + cause + ", value " + value + ", limit " + limit);
    this.keep({ kind: "event", uptimeMs, cause, source, value, limit });
  }

  private keep(record: BoardRecord): void {
    try {
      this.options.record(record);
      this.keeping = true;
    } catch (error) {
      // Said once: the console is slow.
      if (this.keeping) this.options.report("records are not kept: " + error);
      this.keeping = false;
    }
  }

  private sensor(index: number): Sensor | undefined {
    return this.sensors.all[index];
  }
}
