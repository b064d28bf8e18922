/**
 * What a browser is called by people, from what it calls itself. Pure.
 * @module
 */

/** In this order: each names those before it, too. */
const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

const nameIn = (names: readonly [RegExp, string][], text: string): string | undefined => names.find(([sign]) => sign.test(text))?.[1];

/** "Firefox, Android"; null for what is no browser that is known. */
export function clientName(userAgent: string): string | null {
  const browser = nameIn(BROWSERS, userAgent);
  if (browser === undefined) return null;
  const system = nameIn(SYSTEMS, userAgent);
  return system === undefined ? browser : `${browser}, ${system}`;
}
