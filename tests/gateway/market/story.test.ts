/** The worked example in `gateway/market/README.md`: its numbers are those of the real clearing. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { amountFor, explain, type Line } from "#gateway/ledger/exchange/lines.ts";
import { clearSlot, compareEnds, totalsOf } from "#gateway/market/clear.ts";
import type { Member } from "#gateway/market/member.ts";

const TARIFF = { importPrice: 300_000, exportPrice: 80_000, complete: true };
const LOSS = { lossPermille: 100, slackMwh: 1000 };
const ORDERS: Record<1 | 2 | 3, Omit<Member, "node" | "energyMwh">> = {
  1: { price: 200_000, limitMwh: 0, preferred: [2] },
  2: { price: 150_000, limitMwh: 20_000, preferred: [] },
  3: { price: 180_000, limitMwh: 8_000, preferred: [] },
};
/** What each node drew or gave in each slot. */
const SLOTS: Record<1 | 2 | 3, number>[] = [
  { 1: 8003, 2: -8207, 3: 0 },
  { 1: 15_000, 2: -6010, 3: -9500 },
];

const NODES = [1, 2, 3] as const;
const party = (node: number): string => (node === 0 ? "pool" : String(node));

function row(node: number, { seller, buyer, energyMwh, price, amount, why }: Line): string {
  return `| node ${node} | ${party(seller)} → ${party(buyer)} | ${energyMwh} | ${price ?? "–"} | ${amount} | ${why} |`;
}

/** A slot's table as the page has it, and what each node gets or pays. */
function settle(slot: number, energies: Record<1 | 2 | 3, number>): { rows: string[]; amounts: bigint[] } {
  const members = NODES.map((node) => ({ node, energyMwh: energies[node], ...ORDERS[node] }));
  assert.ok(compareEnds(totalsOf(members), LOSS).agree);
  const { trades, amounts } = clearSlot({ slot, ...TARIFF }, members);
  const settled = members.map(({ node, energyMwh }, place) => ({ node, energyMwh, amount: amounts[place] ?? 0n }));
  const rows = NODES.flatMap((node) => {
    const lines = explain({ cleared: { state: "final", members: settled, trades }, node, tariff: TARIFF, preferredOf: (buyer) => members[buyer - 1]?.preferred ?? [] })?.lines ?? [];
    assert.equal(amountFor(lines, node), amounts[node - 1]);
    return lines.map((line) => row(node, line));
  });
  return { rows, amounts };
}

describe("the story of two neighbours, and a third one", () => {
  it("is told in the numbers of the real clearing", async () => {
    const page = await readFile(new URL("../../../gateway/market/README.md", import.meta.url), "utf8");
    for (const [index, energies] of SLOTS.entries()) {
      const { rows, amounts } = settle(index + 1, energies);
      const table = page.split(`| slot ${index + 1} |`)[1]?.split("\n\n")[0]?.split("\n").slice(2);
      assert.deepEqual(table, rows);
      for (const amount of amounts) assert.ok(amount === 0n || page.includes(`**${amount < 0n ? -amount : amount}**`), String(amount));
    }
  });

  it("leaves in the pool what it says", () => {
    const poolGains = SLOTS.map((energies, index) => -settle(index + 1, energies).amounts.reduce((sum, amount) => sum + amount, 0n));
    assert.deepEqual(poolGains, [1n, 264n]);
    assert.equal(compareEnds(totalsOf([{ node: 1, energyMwh: 8003, ...ORDERS[1] }, { node: 2, energyMwh: -8207, ...ORDERS[2] }]), LOSS).toleratedMwh, 1820);
  });
});
