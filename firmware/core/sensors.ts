/**
 * Measures a board's channels once in each control period, and tells how long ago each was last plausible.
 * @module
 */
import { alternates, convert, round } from "./convert.ts";
import { accept, CONVERTER_TOP, look, newSensor } from "./sensor.ts";
import type { BoardDefinition, Channel, DirectChannel, MeterDefinition } from "./board.ts";
import type { Inputs, Sensor, SensorBank } from "./sensor.ts";
import type { Calibration } from "../wire/commands.ts";

export class Sensors implements SensorBank {
  /** In the order of the board's channels. */
  readonly all: Sensor[];
  readonly board: BoardDefinition;
  readonly calibration: Partial<Record<string, Calibration>>;
  private readonly inputs: Inputs;

  /** @param calibration by channel name. */
  constructor(board: BoardDefinition, calibration: Partial<Record<string, Calibration>>, inputs: Inputs) {
    this.board = board;
    this.calibration = calibration;
    this.inputs = inputs;
    this.all = board.channels.map(newSensor);
  }

  /**
   * Measures every channel; what cannot be measured is implausible. Mains cycles come first: they take tens of ms, and so all that decides
   * about a relay is newer than they are.
   */
  update(nowMs: number): void {
    const { channels, rail } = this.board;
    channels.forEach((channel, i) => {
      if (channel.kind === "clamp") this.measure(channel, i, nowMs);
    });
    const first = channels[rail];
    if (first) this.measure(first, rail, nowMs);
    channels.forEach((channel, i) => {
      if (i !== rail && !alternates(channel)) this.measure(channel, i, nowMs);
    });
  }

  /** Index of a channel without a plausible value for longer than `staleMs`, or -1. No alternating one: no relay depends on it. */
  stale(nowMs: number, staleMs: number): number {
    for (let i = 0; i < this.all.length; i++) {
      const sensor = this.all[i];
      const channel = this.board.channels[i];
      if (sensor && channel && !alternates(channel) && nowMs - sensor.plausibleMs > staleMs) return i;
    }
    return -1;
  }

  /** Mean power of a meter in its newest window, in whole µW; positive is import. */
  powerUw(meter: MeterDefinition): number {
    const current = this.all[meter.current];
    const voltage = this.all[meter.voltage];
    if (!current || !voltage) return 0;
    return round(current.powerUw === undefined ? current.exact * voltage.exact : current.powerUw);
  }

  /** What throws is implausible, and the channel that is measured with it too; once stale, the policy opens the relays. */
  private measure(channel: Channel, index: number, nowMs: number): void {
    const { shunt, clamp } = this.inputs;
    const sensor = this.all[index];
    if (!sensor) return;
    try {
      if (channel.kind === "hall" || channel.kind === "voltage") this.measureDirect(channel, sensor, nowMs);
      else if (channel.kind === "shunt" && shunt) shunt(this, channel, sensor, nowMs);
      else if (channel.kind === "clamp" && clamp) clamp(this, channel, sensor, nowMs);
    } catch {
      sensor.plausible = false;
      const other = channel.kind === "shunt" || channel.kind === "clamp" ? this.all[channel.voltage] : undefined;
      if (other) other.plausible = false;
    }
  }

  private measureDirect(channel: DirectChannel, sensor: Sensor, nowMs: number): void {
    const window = this.inputs.sample(channel.pin, channel.samples);
    const calibration = this.calibration[channel.name];
    const rail = this.all[this.board.rail];
    const railMv = rail && rail.plausible ? rail.exact : NaN;
    const at = (raw: number): number => convert(channel, raw, this.board.fullScaleMv, railMv, calibration);
    const mean = window.sum / window.count;
    look(sensor, mean, Math.sqrt(window.squares / window.count));
    if (!accept(sensor, at(mean), nowMs)) return;
    sensor.clipped = window.max >= CONVERTER_TOP;
    if (channel.kind === "voltage") return;
    if (window.min <= 0) sensor.clipped = true;
    const min = at(window.min);
    const max = at(window.max);
    // A single sample may lie where no mean is plausible; then the mean stands in for it.
    if (min <= sensor.exact) sensor.min = round(min);
    if (max >= sensor.exact) sensor.max = round(max);
  }
}
