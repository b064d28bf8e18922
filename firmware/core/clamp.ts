/**
 * Measures alternating current by a clamp, with it the voltage that it is paired with, and the real power of both.
 * @module
 */
import { accept, CONVERTER_TOP, look } from "./sensor.ts";
import type { ClampChannel, MainsChannel } from "./board.ts";
import type { Cycles, Wave } from "./cycles.ts";
import type { Sensor, SensorBank } from "./sensor.ts";

/** Samples two pins in turn over a mains cycle; `leadMs` is by how much the first one's sensor is ahead of the second's. */
export type CycleSampler = (current: string, voltage: string, leadMs: number) => Cycles;

/** How far the middle of a signal may be from where the board's divider puts it: the converter's reference is within 9 %. */
const MIN_BIAS = 0.8;
const MAX_BIAS = 1.2;

/**
 * What the full range of the converter is in mA or mV; NaN where the signal's middle is not where it belongs. Of a calibration only the gain
 * applies: the middle is no offset of a root mean square.
 */
function scaleOf(channel: ClampChannel | MainsChannel, wave: Wave, { board, calibration }: SensorBank): number {
  const middle = (wave.mean * board.fullScaleMv) / channel.biasMv;
  if (!(middle > MIN_BIAS && middle < MAX_BIAS)) return NaN;
  const own = calibration[channel.name];
  return board.fullScaleMv * (channel.kind === "clamp" ? channel.maPerMv : channel.scale) * (own ? own.gain : 1);
}

function takeWave(sensor: Sensor, wave: Wave, scale: number, nowMs: number): void {
  look(sensor, wave.mean, wave.rms);
  if (accept(sensor, wave.rms * scale, nowMs)) sensor.clipped = wave.min <= 0 || wave.max >= CONVERTER_TOP;
}

/** Throws where the board has no such channels, and what the sampler throws. */
export function measureClamp(sample: CycleSampler, bank: SensorBank, channel: ClampChannel, current: Sensor, nowMs: number): void {
  const other = bank.board.channels[channel.voltage];
  const voltage = bank.all[channel.voltage];
  if (!other || !voltage) throw new Error("no such channel");
  const paired = other.kind === "mains";
  const cycles = sample(channel.pin, paired ? other.pin : channel.pin, channel.leadUs / 1000);
  let currentScale = scaleOf(channel, cycles.current, bank);
  if (paired) {
    const voltageScale = scaleOf(other, cycles.voltage, bank);
    current.powerUw = cycles.power * currentScale * voltageScale;
    takeWave(voltage, cycles.voltage, voltageScale, nowMs);
    // The sign says which way the power goes.
    if (current.powerUw < 0) currentScale = -currentScale;
  }
  takeWave(current, cycles.current, currentScale, nowMs);
}
