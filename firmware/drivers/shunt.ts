/**
 * All that a shunt's chip is measured with, made by one call: a board without one takes none of it into memory.
 * @module
 */
import { createShuntMeasurer } from "../core/shunt.ts";
import { createChipReader } from "./ina.ts";
import type { I2cPins, ShuntChannel } from "../core/board.ts";
import type { Measurer } from "../core/sensor.ts";
import type { I2cBus } from "./ina.ts";

export function createShunt(bus: I2cBus, options: I2cPins): Measurer<ShuntChannel> {
  return createShuntMeasurer(createChipReader(bus, options));
}
