/**
 * A replay as a picture: for the terminal, and as SVG.
 * @module
 */
import { SOURCE } from "#firmware/wire/records.ts";
import type { Source } from "#firmware/wire/records.ts";
import type { Replay } from "./replay.ts";
import type { Sample } from "./recording.ts";

export interface NamedReplay {
  name: string;
  replay: Replay;
  /** Charges at which this policy switches, to be drawn. */
  limits: number[];
}

/** Letter and colour by source; the colours stay apart for colour-blind eyes (Okabe and Ito). */
const LOOKS: Record<Source, { letter: string; colour: string; name: string }> = {
  [SOURCE.off]: { letter: "!", colour: "#666666", name: "off" },
  [SOURCE.own]: { letter: "o", colour: "#009e73", name: "own battery" },
  [SOURCE.bus]: { letter: "B", colour: "#d55e00", name: "neighbours' bus" },
  [SOURCE.keep]: { letter: "k", colour: "#009e73", name: "keep" },
  [SOURCE.give]: { letter: "G", colour: "#0072b2", name: "give" },
};
const BLOCKS = "▁▂▃▄▅▆▇█";

/** Two rows of `columns` characters: charge as a bar chart, and the source below it. */
export function terminalChart({ replay }: NamedReplay, columns: number): string {
  const { chargePermille, source } = replay;
  const count = Math.min(columns, chargePermille.length);
  let bars = "";
  let letters = "";
  for (let column = 0; column < count; column++) {
    const from = Math.floor((column * chargePermille.length) / count);
    const until = Math.max(from + 1, Math.floor(((column + 1) * chargePermille.length) / count));
    const part = chargePermille.slice(from, until);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    bars += BLOCKS[Math.min(7, Math.floor((mean * 8) / 1000))] ?? " ";
    // What stands out is what a person looks for: a switch shorter than a column must not vanish.
    const sources = source.slice(from, until);
    const shown = [SOURCE.off, SOURCE.bus, SOURCE.give].find((one) => sources.includes(one)) ?? sources[0] ?? SOURCE.off;
    letters += LOOKS[shown].letter;
  }
  return `charge ${bars}\nsource ${letters}`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const WIDTH = 960;
const PANEL = 160;
const LEFT = 56;
const TOP = 28;

function panel({ name, replay, limits }: NamedReplay, samples: readonly Sample[], top: number): string {
  const startMs = samples[0]?.utcMs ?? 0;
  const endMs = samples.at(-1)?.utcMs ?? startMs + 1;
  const x = (utcMs: number): string => (LEFT + ((utcMs - startMs) / (endMs - startMs)) * (WIDTH - LEFT - 16)).toFixed(1);
  const y = (permille: number): string => (top + PANEL - (permille / 1000) * PANEL).toFixed(1);
  const bands: string[] = [];
  let from = 0;
  for (let index = 1; index <= replay.source.length; index++) {
    if (index < replay.source.length && replay.source[index] === replay.source[from]) continue;
    const { colour } = LOOKS[replay.source[from] ?? SOURCE.off];
    const left = x(samples[from]?.utcMs ?? startMs);
    const right = x(samples[index]?.utcMs ?? endMs);
    bands.push(`<rect x="${left}" y="${top}" width="${(Number(right) - Number(left)).toFixed(1)}" height="${PANEL}" fill="${colour}" fill-opacity="0.15"/>`);
    from = index;
  }
  const points = replay.chargePermille.map((permille, index) => `${x(samples[index + 1]?.utcMs ?? endMs)},${y(permille)}`).join(" ");
  const lines = limits.map((limit) => `<path d="M${LEFT} ${y(limit)}H${WIDTH - 16}" stroke="#999" stroke-dasharray="4 4"/><text x="${LEFT - 6}" y="${y(limit)}" text-anchor="end" dy="4">${limit / 10} %</text>`);
  return `<g><text x="${LEFT}" y="${top - 8}" font-weight="bold">${escapeXml(name)}</text>${bands.join("")}${lines.join("")}<polyline points="${points}" fill="none" stroke="currentColor" stroke-width="1.5"/></g>`;
}

/** All replays of one recording below each other, on one time axis. */
export function svgChart(replays: readonly NamedReplay[], samples: readonly Sample[]): string {
  const height = TOP + replays.length * (PANEL + 48) + 24;
  const panels = replays.map((one, index) => panel(one, samples, TOP + index * (PANEL + 48)));
  const present = [...new Set(replays.flatMap(({ replay }) => replay.source))];
  const legend = present.map((source, index) => {
    const { colour, name } = LOOKS[source];
    return `<rect x="${LEFT + index * 150}" y="${height - 22}" width="12" height="12" fill="${colour}" fill-opacity="0.4"/><text x="${LEFT + 18 + index * 150}" y="${height - 12}">${escapeXml(name)}</text>`;
  });
  const from = new Date(samples[0]?.utcMs ?? 0).toISOString();
  const to = new Date(samples.at(-1)?.utcMs ?? 0).toISOString();
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" color="#222" fill="#222"><title>Battery charge and source, ${from} to ${to}</title><rect width="100%" height="100%" fill="#fff"/>${panels.join("")}${legend.join("")}</svg>\n`;
}
