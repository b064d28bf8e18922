/**
 * From what flows in a home to the voltages at its board's ADC pins, through sensors and dividers that are a little off, each in its own
 * way. Which pin measures what is the firmware's board definition.
 * @module
 */
import { hallBoard } from "#firmware/core/board.ts";
import type { ChannelName, DirectChannel } from "#firmware/core/board.ts";
import { between, createRandom } from "#tools/virtual-board/random.ts";

/** What a board's channels measure. */
export interface Quantities {
  batteryAmps: number;
  busAmps: number;
  batteryVolts: number;
  busVolts: number;
}

export interface Sensors {
  /** The 5 V rail of this board, in V. */
  readonly railVolts: number;
  /** Voltages at the ADC pins, in V, by pin name. */
  volts(quantities: Quantities, railVolts?: number): Record<string, number>;
}

/** Tolerances: ACS712 data sheet (total error 1.5 %), resistors of 1 %, the regulator's 2 %. */
const HALL_GAIN = 0.015;
const HALL_OFFSET_AMPS = 0.1;
const DIVIDER_GAIN = 0.01;
const RAIL_GAIN = 0.02;
const RAIL_VOLTS = 5;
/** Homes of the demo have this board. */
const BOARD = hallBoard();

/** What each channel measures, in A or V. */
export function channelValues(quantities: Quantities, railVolts: number): Partial<Record<ChannelName, number>> {
  const { batteryAmps, busAmps, batteryVolts, busVolts } = quantities;
  return { I1: batteryAmps, I2: busAmps, VBAT: batteryVolts, VBUS: busVolts, V5: railVolts };
}

/** Voltage behind the sensor, before the divider. */
function terminalVolts(channel: DirectChannel, value: number, railVolts: number, offset: number): number {
  if (channel.kind === "voltage") return value;
  // Ratiometric: half the rail at 0 A, and the sensitivity is given at a rail of 5 V. The output ends at its rails.
  const ratio = 0.5 + ((value + offset) * channel.mvPerAmp) / (RAIL_VOLTS * 1000);
  return railVolts * Math.min(1, Math.max(0, ratio));
}

export function createSensors(seed: number): Sensors {
  const random = createRandom(seed, 3);
  const spread = BOARD.channels.map((channel) => ({
    gain: 1 + between(random, -1, 1) * (channel.kind === "hall" ? HALL_GAIN : DIVIDER_GAIN),
    offset: channel.kind === "hall" ? between(random, -1, 1) * HALL_OFFSET_AMPS : 0,
  }));
  const ownRail = RAIL_VOLTS * (1 + between(random, -1, 1) * RAIL_GAIN);

  function volts(quantities: Quantities, railVolts = ownRail): Record<string, number> {
    const pins: Record<string, number> = {};
    const values = channelValues(quantities, railVolts);
    BOARD.channels.forEach((channel, index) => {
      const { gain, offset } = spread[index] ?? { gain: 1, offset: 0 };
      const value = (values[channel.name] ?? 0) * gain;
      // The clamp diode at the pin: nothing below ground.
      pins[channel.pin] = Math.max(0, terminalVolts(channel, value, railVolts, offset) / channel.scale);
    });
    return pins;
  }

  return { railVolts: ownRail, volts };
}
