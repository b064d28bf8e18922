/**
 * All checks by name.
 * @module
 */
import type { Check, Design } from "./check.ts";
import { contactPath, contactsIsolated, noSinglePinNet, openPinsMeant, supplyPins } from "./nets.ts";
import { pinsFit, pinsUnique, pinsWired } from "./pins.ts";
import { diodePolarity, electrolyticPolarity } from "./polarity.ts";
import {
  clampsPresent,
  decoupled,
  flybackPresent,
  fuseFirst,
  i2cReady,
  pullDownsPresent,
  reverseProtected,
  surgeProtected,
} from "./protection.ts";
import { adcInRange, currentRatings, monitorRatings, supplyRatings, surgeRatings, voltageRatings } from "./ratings.ts";
import { valuesAsDefined } from "./values.ts";

export const RULES = {
  "pins unique": pinsUnique,
  "pins fit": pinsFit,
  "pins wired": pinsWired,
  "no single-pin net": noSinglePinNet,
  "open pins meant": openPinsMeant,
  "supply pins": supplyPins,
  "contacts isolated": contactsIsolated,
  "contact path": contactPath,
  "diode polarity": diodePolarity,
  "electrolytic polarity": electrolyticPolarity,
  "fuse first": fuseFirst,
  "reverse protected": reverseProtected,
  "surge protected": surgeProtected,
  "flyback present": flybackPresent,
  "clamps present": clampsPresent,
  "pull-downs present": pullDownsPresent,
  "I2C ready": i2cReady,
  decoupled,
  "values as defined": valuesAsDefined,
  "voltage ratings": voltageRatings,
  "surge ratings": surgeRatings,
  "current ratings": currentRatings,
  "supply ratings": supplyRatings,
  "monitor ratings": monitorRatings,
  "ADC in range": adcInRange,
} as const satisfies Record<string, Check>;

export type { Design };
export type RuleName = keyof typeof RULES;

export interface Finding {
  check: string;
  message: string;
}

/** Everything that the rules object to. */
export function checkRules(design: Design): Finding[] {
  return Object.entries(RULES).flatMap(([check, rule]) => rule(design).map((message) => ({ check, message })));
}
