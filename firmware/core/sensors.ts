/**
 * Measures a board's channels once in each control period, and tells how long ago each was last plausible.
 * @module
 */
import { alternates, alternatingScale, convert, correct, round, withinRange } from "./convert.ts";
import { accept, look, newSensor } from "./sensor.ts";
import type { BoardDefinition, ClampChannel, DirectChannel, MeterDefinition, ShuntChannel } from "./board.ts";
import type { Wave } from "./cycles.ts";
import type { Inputs, Sensor } from "./sensor.ts";
import type { Calibration } from "../wire/commands.ts";

const CONVERTER_TOP = 4095 / 4096;
/** A chip converts in below 40 ms. Asked sooner, what it said stands; for longer than this, the chip has stopped. */
const CHIP_HOLD_MS = 150;

export class Sensors {
  /** In the order of the board's channels. */
  readonly all: Sensor[];
  private readonly board: BoardDefinition;
  private readonly calibration: Partial<Record<string, Calibration>>;
  private readonly inputs: Inputs;
  /** Real power in µW, by the channel of an alternating current that has a voltage. */
  private readonly powers: number[];

  /** @param calibration by channel name. */
  constructor(board: BoardDefinition, calibration: Partial<Record<string, Calibration>>, inputs: Inputs) {
    this.board = board;
    this.calibration = calibration;
    this.inputs = inputs;
    this.powers = [];
    this.all = board.channels.map(newSensor);
  }

  /**
   * Measures every channel; what cannot be measured is implausible. Mains cycles come first: they take tens of ms, and so all that decides
   * about a relay is newer than they are.
   */
  update(nowMs: number): void {
    const { channels, rail } = this.board;
    channels.forEach((channel, i) => {
      if (channel.kind === "clamp") this.attempt(i, channel.voltage, (sensor) => this.measureCycles(channel, i, sensor, nowMs));
    });
    if (rail >= 0) this.measure(rail, nowMs);
    for (let i = 0; i < channels.length; i++) if (i !== rail) this.measure(i, nowMs);
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
    const power = this.powers[meter.current];
    return round(power === undefined ? current.exact * voltage.exact : power);
  }

  private measure(index: number, nowMs: number): void {
    const channel = this.board.channels[index];
    if (!channel) return;
    if (channel.kind === "hall" || channel.kind === "voltage") this.attempt(index, index, (sensor) => this.measureDirect(channel, sensor, nowMs));
    else if (channel.kind === "shunt") this.attempt(index, channel.voltage, (sensor) => this.measureChip(channel, sensor, nowMs));
  }

  /** Measures a channel and the one that goes with it. When it throws, both are implausible; once stale, the policy opens the relays. */
  private attempt(index: number, other: number, measure: (sensor: Sensor) => void): void {
    const sensor = this.all[index];
    const second = this.all[other];
    if (!sensor) return;
    try {
      measure(sensor);
    } catch {
      sensor.plausible = false;
      if (second) second.plausible = false;
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

  private measureChip(channel: ShuntChannel, sensor: Sensor, nowMs: number): void {
    const reading = this.inputs.chip ? this.inputs.chip(channel.address, nowMs) : null;
    if (!reading) {
      if (nowMs - sensor.plausibleMs <= CHIP_HOLD_MS) return;
      throw new Error("chip " + channel.address + " has stopped converting");
    }
    sensor.raw = reading.shuntRaw;
    sensor.clipped = reading.clipped;
    accept(sensor, correct((reading.shuntUv * 1000) / channel.microohm, this.calibration[channel.name]), nowMs);
    const voltage = this.all[channel.voltage];
    const other = this.board.channels[channel.voltage];
    if (!voltage || !other || other.kind !== "chipVoltage") return;
    voltage.raw = reading.voltageRaw;
    accept(voltage, withinRange(other, correct(reading.voltageMv, this.calibration[other.name])), nowMs);
  }

  private measureCycles(channel: ClampChannel, index: number, current: Sensor, nowMs: number): void {
    const other = this.board.channels[channel.voltage];
    const voltage = this.all[channel.voltage];
    if (!this.inputs.cycles || !other || !voltage) throw new Error("nothing to measure with");
    const { fullScaleMv } = this.board;
    const paired = other.kind === "mains";
    const cycles = this.inputs.cycles(channel.pin, paired ? other.pin : channel.pin, channel.leadUs / 1000);
    const currentScale = alternatingScale(channel, cycles.current.mean, fullScaleMv, this.calibration[channel.name]);
    let power = 0;
    if (paired) {
      const voltageScale = alternatingScale(other, cycles.voltage.mean, fullScaleMv, this.calibration[other.name]);
      power = cycles.power * currentScale * voltageScale;
      this.powers[index] = power;
      takeWave(voltage, cycles.voltage, voltageScale, nowMs);
    }
    takeWave(current, cycles.current, power < 0 ? -currentScale : currentScale, nowMs);
  }
}

/** Takes a root mean square; its sign says which way the power goes. */
function takeWave(sensor: Sensor, wave: Wave, scale: number, nowMs: number): void {
  look(sensor, wave.mean, wave.rms);
  if (accept(sensor, wave.rms * scale, nowMs)) sensor.clipped = wave.min <= 0 || wave.max >= CONVERTER_TOP;
}
