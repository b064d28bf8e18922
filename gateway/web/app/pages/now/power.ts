/**
 * Where power flows in a home now. Pure: from the meters' newest readings to the lines of the picture.
 * @module
 */
import type { Board } from "#gateway/api/schemas/node.ts";

export const PLACES = ["sun", "mains", "battery", "bus", "load"] as const;
export type Place = (typeof PLACES)[number];

/** One line between a place and the home. */
export interface Flow {
  place: Place;
  /** Positive flows into the home; null where it is not known. */
  intoHomeMw: number | null;
  /** Not metered but what is missing in the balance of all others. */
  isCalculated: boolean;
}

export interface PowerPicture {
  /** Those that this home has, in the order of {@link PLACES}. */
  flows: Flow[];
  /** What sun and loads that no meter tells apart take together, positive is used; null when they are metered or nothing is known. */
  restMw: number | null;
}

/** Less than this is noise of the sensors, and no flow. */
export const REST_MW = 250;

const KINDS = { sun: "generation", battery: "battery", bus: "bus", load: "load" } as const;

/** A meter counts positive what it takes in: a battery that charges, a bus that is drawn on, a load that uses. */
const INTO_HOME: Record<Place, 1 | -1> = { sun: -1, mains: 1, battery: -1, bus: 1, load: -1 };

function sumOf(powers: readonly (number | undefined)[]): number | null {
  return powers.length === 0 || powers.includes(undefined) ? null : powers.reduce<number>((sum, power) => sum + (power ?? 0), 0);
}

/**
 * @param mainsMeterIds loads that a mains tariff bills: what they use comes from the mains.
 */
export function powerOf({ meters }: Pick<Board, "meters">, mainsMeterIds: ReadonlySet<string>): PowerPicture {
  const powerAt = (place: Exclude<Place, "mains">): number | null =>
    sumOf(meters.filter(({ kind }) => kind === KINDS[place]).map(({ latestReading }) => latestReading?.powerMw));
  const has = (place: Exclude<Place, "mains">): boolean => meters.some(({ kind }) => kind === KINDS[place]);

  const billed = meters.filter(({ meterId }) => mainsMeterIds.has(meterId));
  const metered: { place: Place; powerMw: number | null }[] = [
    ...(["sun", "battery", "bus", "load"] as const).filter(has).map((place) => ({ place, powerMw: powerAt(place) })),
    ...(billed.length > 0 ? [{ place: "mains" as const, powerMw: sumOf(billed.map(({ latestReading }) => latestReading?.powerMw)) }] : []),
  ];
  const flows: Flow[] = metered.map(({ place, powerMw }) => ({
    place,
    // 0 times −1 is a minus zero.
    intoHomeMw: powerMw === null ? null : powerMw * INTO_HOME[place] || 0,
    isCalculated: false,
  }));

  const known = flows.map(({ intoHomeMw }) => intoHomeMw);
  const surplusMw = known.length === 0 || known.includes(null) ? null : known.reduce<number>((sum, power) => sum + (power ?? 0), 0);
  if (surplusMw === null) return { flows: inOrder(flows), restMw: null };
  // What flows in flows out: with one of sun and loads metered the other one follows.
  if (has("sun") && !has("load")) flows.push({ place: "load", intoHomeMw: -surplusMw || 0, isCalculated: true });
  if (has("load") && !has("sun") && billed.length === 0) flows.push({ place: "sun", intoHomeMw: -surplusMw || 0, isCalculated: true });
  return { flows: inOrder(flows), restMw: has("sun") || has("load") ? null : surplusMw };
}

function inOrder(flows: readonly Flow[]): Flow[] {
  return PLACES.flatMap((place) => flows.filter((flow) => flow.place === place));
}

/** 1: into the home, −1: out of it, 0: at rest or not known. */
export function directionOf(powerMw: number | null): -1 | 0 | 1 {
  return powerMw === null || Math.abs(powerMw) < REST_MW ? 0 : powerMw > 0 ? 1 : -1;
}

/** Widths of a line and speeds of its dashes, in steps so that a reading that differs little changes nothing. */
export const LEVELS = 5;

/** How strong a flow is beside the strongest one: 1 to {@link LEVELS}, 0 at rest. */
export function levelOf(powerMw: number | null, strongestMw: number): number {
  if (directionOf(powerMw) === 0 || powerMw === null) return 0;
  return Math.min(LEVELS, Math.max(1, Math.ceil((LEVELS * Math.abs(powerMw)) / Math.max(strongestMw, REST_MW))));
}
