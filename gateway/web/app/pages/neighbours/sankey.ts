/**
 * Where each home and each flow between two of them lies in the picture of who sold to whom: sellers at the left, buyers at the right,
 * heights by energy. Small homes are put together, so that thirty of them stay readable. Pure; lengths are CSS px.
 * @module
 */

export interface SankeyFlow {
  seller: number;
  buyer: number;
  energyMwh: number;
}

export type Side = "seller" | "buyer";

/** A bar with its label: a home, or the `homes` that were put together. */
export interface SankeyNode {
  side: Side;
  /** Null where homes were put together. */
  node: number | null;
  homes: number;
  energyMwh: number;
  y: number;
  height: number;
}

export interface SankeyBand {
  seller: number | null;
  buyer: number | null;
  energyMwh: number;
  path: string;
}

export interface Sankey {
  height: number;
  nodes: SankeyNode[];
  bands: SankeyBand[];
}

export interface SankeyOptions {
  /** x of the sellers' and of the buyers' bars: where bands begin and end. */
  fromX: number;
  toX: number;
  /** Homes that are always shown by themselves, such as one's own. */
  keep: readonly number[];
  /** Homes on a side that are shown by themselves because they are the largest. */
  shown?: number;
}

/** A bar's place is at least as high as its label's two lines. */
const ROW = 36;
const GAP = 8;
/** Height of all energy together, gaps left out. */
const SCALE = 220;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The nodes of a side, largest first, those that were put together last; without places yet. */
function nodesOf(flows: readonly SankeyFlow[], side: Side, { keep, shown = 7 }: SankeyOptions): SankeyNode[] {
  const energies = new Map<number, number>();
  for (const flow of flows) energies.set(flow[side], (energies.get(flow[side]) ?? 0) + flow.energyMwh);
  const sorted = [...energies].sort(([a, energyA], [b, energyB]) => energyB - energyA || a - b);
  const small = sorted.slice(shown).filter(([node]) => !keep.includes(node));
  // One alone is itself.
  const together = small.length > 1 ? small : [];
  const alone = sorted.filter((one) => !together.includes(one));
  const nodes: SankeyNode[] = alone.map(([node, energyMwh]) => ({ side, node, homes: 1, energyMwh, y: 0, height: 0 }));
  if (together.length > 0) {
    nodes.push({ side, node: null, homes: together.length, energyMwh: sum(together.map(([, energyMwh]) => energyMwh)), y: 0, height: 0 });
  }
  return nodes;
}

function placed(nodes: readonly SankeyNode[], perMwh: number): { nodes: SankeyNode[]; height: number } {
  let y = 0;
  const done = nodes.map((node) => {
    const height = Math.max(2, node.energyMwh * perMwh);
    const at = { ...node, y, height };
    y += Math.max(ROW, height) + GAP;
    return at;
  });
  return { nodes: done, height: Math.max(0, y - GAP) };
}

const round = (value: number): number => Math.round(value * 10) / 10;

function bandPath(fromX: number, fromY: number, toX: number, toY: number, height: number): string {
  const middle = round((fromX + toX) / 2);
  const [top, bottom, endTop, endBottom] = [fromY, fromY + height, toY, toY + height].map(round);
  return `M${fromX} ${top}C${middle} ${top} ${middle} ${endTop} ${toX} ${endTop}V${endBottom}C${middle} ${endBottom} ${middle} ${bottom} ${fromX} ${bottom}Z`;
}

/** Lays out flows; without energy there is nothing. */
export function layOut(all: readonly SankeyFlow[], options: SankeyOptions): Sankey {
  const flows = all.filter(({ energyMwh }) => energyMwh > 0);
  const total = sum(flows.map(({ energyMwh }) => energyMwh));
  if (total === 0) return { height: 0, nodes: [], bands: [] };
  const perMwh = SCALE / total;
  const sellers = placed(nodesOf(flows, "seller", options), perMwh);
  const buyers = placed(nodesOf(flows, "buyer", options), perMwh);
  const height = Math.max(sellers.height, buyers.height);
  // The shorter side stands in the middle of the other.
  const [left, right] = [sellers, buyers].map((side) => side.nodes.map((node) => ({ ...node, y: node.y + (height - side.height) / 2 })));
  if (left === undefined || right === undefined) throw new Error("two sides were laid out");

  const named = (nodes: readonly SankeyNode[], node: number): number | null => (nodes.some((one) => one.node === node) ? node : null);
  const pairs = new Map<string, number>();
  for (const { seller, buyer, energyMwh } of flows) {
    const pair = JSON.stringify([named(left, seller), named(right, buyer)]);
    pairs.set(pair, (pairs.get(pair) ?? 0) + energyMwh);
  }
  const used = new Map<SankeyNode, number>();
  const bands: SankeyBand[] = [];
  // In the order of both sides, so that bands of one bar do not cross each other there.
  for (const from of left) {
    for (const to of right) {
      const energyMwh = pairs.get(JSON.stringify([from.node, to.node]));
      if (energyMwh === undefined) continue;
      const band = energyMwh * perMwh;
      const path = bandPath(options.fromX, from.y + (used.get(from) ?? 0), options.toX, to.y + (used.get(to) ?? 0), Math.max(1, band));
      used.set(from, (used.get(from) ?? 0) + band);
      used.set(to, (used.get(to) ?? 0) + band);
      bands.push({ seller: from.node, buyer: to.node, energyMwh, path });
    }
  }
  return { height, nodes: [...left, ...right], bands };
}
