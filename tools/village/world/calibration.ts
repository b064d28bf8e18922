/**
 * Calibrates a virtual board on a virtual bench: two known values on every channel, many samples of each, a straight line through both.
 * @module
 */
import { hallBoard } from "#firmware/core/board.ts";
import type { DirectChannel } from "#firmware/core/board.ts";
import { calibrate } from "#firmware/core/calibration.ts";
import { convert } from "#firmware/core/convert.ts";
import type { Settings } from "#firmware/core/settings.ts";
import type { Calibration } from "#firmware/wire/commands.ts";
import { ADC_CODES, createAdc } from "#tools/virtual-board/fake/adc.ts";
import { channelValues } from "./sensors.ts";
import type { Quantities, Sensors } from "./sensors.ts";

const SAMPLES = 20000;
const BOARD = hallBoard();

/** The two settings of the bench, around where a 12 V home works. */
const LOW: Quantities = { batteryAmps: -5, busAmps: -5, batteryVolts: 11.4, busVolts: 11.2 };
const HIGH: Quantities = { batteryAmps: 5, busAmps: 5, batteryVolts: 12.9, busVolts: 12.9 };
/** The rail channel's own two points; the Hall sensors are calibrated at the board's rail as it is. */
const LOW_RAIL_VOLTS = 4.9;
const HIGH_RAIL_VOLTS = 5.1;

/**
 * @param boardSeed the virtual board's, which makes its converter; `sensors` are those of its home in the world.
 * @returns what belongs into the board's settings: value · gain + offset is the true value in mA or mV.
 */
export function calibrateBoard(boardSeed: number, sensors: Sensors): Settings["calibration"] {
  const adc = createAdc(boardSeed);

  /** What the firmware makes of a true value, uncalibrated, and the true value in its unit. */
  function point(channel: DirectChannel, quantities: Quantities, railVolts: number): { read: number; known: number } {
    const volts = sensors.volts(quantities, railVolts)[channel.pin] ?? 0;
    let sum = 0;
    for (let i = 0; i < SAMPLES; i++) sum += adc.convert(volts);
    const read = convert(channel, sum / SAMPLES / ADC_CODES, BOARD.fullScaleMv, railVolts * 1000);
    return { read, known: (channelValues(quantities, railVolts)[channel.name] ?? NaN) * 1000 };
  }

  function line(channel: DirectChannel): Calibration {
    const isRail = channel === BOARD.channels[BOARD.rail];
    const low = point(channel, LOW, isRail ? LOW_RAIL_VOLTS : sensors.railVolts);
    const high = point(channel, HIGH, isRail ? HIGH_RAIL_VOLTS : sensors.railVolts);
    return calibrate(low, high);
  }

  return Object.fromEntries(BOARD.channels.map((channel) => [channel.name, line(channel)]));
}
