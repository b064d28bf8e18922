/**
 * Who sold to whom, as bands between sellers and buyers; the same as a table beneath.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Flow } from "#gateway/api/schemas/trade.ts";
import { Table } from "../../components/table.tsx";
import type { Column } from "../../components/table.tsx";
import { coins, meanPrice } from "../../coins.ts";
import { energy } from "../../format.ts";
import { texts } from "../../texts.ts";
import { layOut, type SankeyNode } from "./sankey.ts";

const BAR = 10;
const LABEL = 8;

/** Of the element at `ref`, in CSS px: the picture is laid out for it, so that its letters keep their size on a phone. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const width = useSignal(640);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) width.value = Math.round(entry.contentRect.width);
    });
    if (ref.current !== null) observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

/** A name cut to what fits; the table has all of it. */
function shortened(name: string, width: number): string {
  const most = Math.floor(width / 8.5);
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

interface PictureProps {
  flows: readonly Flow[];
  /** This home's number. */
  self: number;
  nameOf: (node: number) => string;
}

function Label({ at, x, anchor, name }: { at: SankeyNode; x: number; anchor: "start" | "end"; name: string }) {
  const middle = at.y + Math.max(36, at.height) / 2;
  return (
    <>
      <text x={x} y={middle - 4} text-anchor={anchor}>
        {name}
      </text>
      <text x={x} y={middle + 12} text-anchor={anchor} class="sankey-energy">
        {energy(at.energyMwh)}
      </text>
    </>
  );
}

export function Picture({ flows, self, nameOf }: PictureProps) {
  const { ref, width } = useWidth();
  // Two labels and the bars leave the rest to the bands.
  const label = Math.min(150, Math.max(96, width.value * 0.26));
  const [fromX, toX] = [label + LABEL + BAR, width.value - label - LABEL - BAR];
  const { height, nodes, bands } = layOut(flows, { fromX, toX, keep: [self, 0] });
  const words = texts.neighbours;
  const shown = (node: number | null, homes = 0) => (node === null ? words.others(homes) : nameOf(node));
  const othersOf = (side: SankeyNode["side"]) => nodes.find((one) => one.side === side && one.node === null)?.homes;
  const total = flows.reduce((sum, { energyMwh }) => sum + energyMwh, 0);
  return (
    <div class="sankey" ref={ref}>
      <div class="sankey-heads" aria-hidden="true">
        <span>{words.sellers}</span>
        <span>{words.buyers}</span>
      </div>
      <svg viewBox={`0 0 ${width.value} ${height}`} height={height} role="img" aria-label={words.sankey(energy(total), flows.length)}>
        {bands.map(({ seller, buyer, energyMwh, path }) => (
          <path key={`${seller} ${buyer}`} d={path} class={seller === self || buyer === self ? "sankey-own" : ""}>
            <title>{words.flow(shown(seller, othersOf("seller")), shown(buyer, othersOf("buyer")), energy(energyMwh))}</title>
          </path>
        ))}
        {nodes.map((one) => {
          const isSeller = one.side === "seller";
          return (
            <g key={`${one.side} ${one.node}`}>
              <rect x={isSeller ? fromX - BAR : toX} y={one.y} width={BAR} height={one.height} class={one.node === self ? "sankey-own" : ""} />
              <Label
                at={one}
                x={isSeller ? fromX - BAR - LABEL : toX + BAR + LABEL}
                anchor={isSeller ? "end" : "start"}
                name={shortened(shown(one.node, one.homes), label)}
              />
            </g>
          );
        })}
      </svg>
    </div>
  );
}

export function FlowTable({ flows, nameOf }: Omit<PictureProps, "self">) {
  const words = texts.neighbours;
  const columns: Column<Flow>[] = [
    { name: words.flowColumns.seller, cell: ({ seller }) => nameOf(seller) },
    { name: words.flowColumns.buyer, cell: ({ buyer }) => nameOf(buyer) },
    { name: words.flowColumns.energy, isNumber: true, cell: ({ energyMwh }) => energy(energyMwh) },
    { name: words.flowColumns.paid, isNumber: true, cell: ({ amount }) => words.coins(coins(amount)) },
    {
      name: words.flowColumns.price,
      isNumber: true,
      cell: ({ amount, energyMwh }) => words.perKwh(coins(meanPrice(BigInt(amount), energyMwh) ?? 0n)),
    },
  ];
  return (
    <details class="details">
      <summary>{words.allFlows}</summary>
      <Table caption={words.trades} columns={columns} rows={flows} keyOf={({ seller, buyer }) => `${seller} ${buyer}`} />
    </details>
  );
}
