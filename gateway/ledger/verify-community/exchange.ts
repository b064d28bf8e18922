/**
 * The exchange a second time, from its events: each slot is cleared anew by `gateway/market`, from what the ledger's events metered and the
 * orders that held, and compared with what the contract told of it, to the last unit.
 * @module
 */
import { AbiCoder } from "ethers";
import { packPreferred, unpackMembers, unpackTable, unpackTrades, type BookMember } from "#contracts/settlement.ts";
import { amountOf, clearSlot, compareEnds, totalsOf } from "#gateway/market/clear.ts";
import type { Trade } from "#gateway/market/member.ts";
import { createAccounts } from "./accounts.ts";
import { compare, type Note } from "./difference.ts";
import type { ContractEvent } from "./events.ts";
import type { Counters, LedgerReplay } from "./ledger.ts";
import { createOrders, type Terms } from "./orders.ts";

/** A member in a slot's book. */
interface Row extends BookMember {
  /** What of it the pool settles, since its energy in this slot alone is not known. */
  amount: bigint;
  reported: Counters | null;
}

interface Book {
  rows: Row[];
  unknownMwh: number;
  missing: number;
  complete: boolean;
}

const TERMS_TYPE = "tuple(uint32 since,uint32 importPrice,uint32 exportPrice,uint16 lossPermille,uint32 lossMwh,uint32 graceSeconds)";

export type ExchangeReplay = ReturnType<typeof createExchangeReplay>;

export function createExchangeReplay(options: { slotSeconds: number; historySlots: number; ledger: LedgerReplay; note: Note }) {
  const { slotSeconds, historySlots, ledger, note } = options;
  const orders = createOrders();
  const accounts = createAccounts();
  const members: number[] = [];
  /** Up to where each node that was ever enrolled is settled. */
  const settled = new Map<number, Counters>();
  const disputes = new Map<number, { rows: BookMember[]; terms: Terms }>();
  /** The newest slot that is cleared; null before the exchange was deployed. */
  let lastSlot: number | null = null;
  let cleared = 0;

  function nextSlot(timestamp: number): number {
    const [next, current] = [(lastSlot ?? 0) + 1, Math.floor(timestamp / slotSeconds)];
    return current > next + historySlots ? current - historySlots : next;
  }

  /** What the pool pays or, negative, is paid for energy. */
  function poolAmount(from: Counters, to: Counters, { importPrice, exportPrice }: Terms): { importMwh: number; exportMwh: number; amount: bigint } {
    const follows = from.epoch === to.epoch;
    const [importMwh, exportMwh] = follows ? [to.importMwh - from.importMwh, to.exportMwh - from.exportMwh] : [0, 0];
    return { importMwh, exportMwh, amount: amountOf(BigInt(exportMwh) * BigInt(exportPrice) - BigInt(importMwh) * BigInt(importPrice)) };
  }

  function settledOf(node: number): Counters {
    return settled.get(node) ?? { epoch: 0, slot: 0, importMwh: 0, exportMwh: 0 };
  }

  function rowOf(node: number, slot: number, terms: Terms): { row: Row; known: boolean } {
    const [reported, before] = [ledger.report(node, slot), settledOf(node)];
    const row: Row = { node, energyMwh: 0, price: 0, limitMwh: 0, preferred: [], prepaid: false, amount: 0n, reported };
    const known = reported !== null && reported.epoch === before.epoch && reported.slot === before.slot + 1;
    if (reported === null) return { row, known };
    if (!known) return { row: { ...row, amount: poolAmount(before, reported, terms).amount }, known };
    const energyMwh = reported.importMwh - before.importMwh - (reported.exportMwh - before.exportMwh);
    if (energyMwh > 0) return { row: { ...row, energyMwh, ...orders.bidAt(node, slot), limitMwh: 0, prepaid: accounts.isPrepaying(node) }, known };
    return { row: { ...row, energyMwh, ...orders.askAt(node, slot), preferred: [] }, known };
  }

  /** Everything that a slot's clearing starts from. */
  function gather(slot: number, terms: Terms): Book {
    const book: Book = { rows: [], unknownMwh: 0, missing: 0, complete: true };
    for (const node of members) {
      const { row, known } = rowOf(node, slot, terms);
      book.rows.push(row);
      if (known) continue;
      book.complete = false;
      book.unknownMwh += ledger.busLimitMwh(node);
      if (row.reported === null) book.missing += 1;
    }
    return book;
  }

  function settle(rows: (Pick<Row, "node" | "prepaid" | "amount"> & { reported: Counters | null })[], trades: readonly Trade[]): void {
    accounts.settle(rows, trades);
    for (const { node, reported } of rows) if (reported !== null) settled.set(node, reported);
  }

  /** What must hold for a slot to be cleared in this block. */
  function checkTurn(place: { subject: string; transactionHash: string }, slot: number, timestamp: number, { missing }: Book, terms: Terms): void {
    compare(note, { ...place, what: "the slot whose turn it was" }, nextSlot(timestamp), slot);
    const endsAt = (slot + 1) * slotSeconds;
    const earliest = endsAt + (missing > 0 ? terms.graceSeconds : 0);
    if (timestamp < earliest) note({ ...place, what: `time of clearing, with ${missing} members missing`, expected: `from ${earliest} s on`, actual: `${timestamp} s` });
    lastSlot = slot;
  }

  function toldMembers(rows: readonly { node: number; energyMwh: number }[], amounts: readonly bigint[]): string[] {
    return rows.map(({ node, energyMwh }, place) => `node ${node}: ${energyMwh} mWh, ${amounts[place]}`);
  }

  function compareLists(place: { subject: string; transactionHash: string }, what: string, expected: string[], actual: string[]): void {
    for (let i = 0; i < Math.max(expected.length, actual.length); i++) compare(note, { ...place, what: `${what} ${i + 1}` }, expected[i] ?? "none", actual[i] ?? "none");
  }

  function onCleared({ args, timestamp, transactionHash }: ContractEvent): void {
    const slot = Number(args["slot"]);
    const place = { subject: `slot ${slot}`, transactionHash };
    const told = unpackMembers(String(args["members"]));
    const dispute = disputes.get(slot);
    disputes.delete(slot);
    const terms = dispute?.terms ?? orders.termsAt(slot);
    const book = dispute === undefined ? gather(slot, terms) : ruledBook(place, dispute.rows, told);
    if (dispute === undefined) {
      checkTurn(place, slot, timestamp, book, terms);
      const { agree, toleratedMwh } = compareEnds(totalsOf(book.rows), { lossPermille: terms.lossPermille, slackMwh: terms.lossMwh + book.unknownMwh });
      compare(note, { ...place, what: "both ends of the bus" }, `within ${toleratedMwh} mWh`, agree ? `within ${toleratedMwh} mWh` : "further apart");
    }
    const { trades, amounts } = clearSlot({ slot, ...terms, complete: book.complete }, book.rows);
    const sums = book.rows.map(({ amount }, i) => amount + (amounts[i] ?? 0n));
    compareLists(place, "member", toldMembers(book.rows, sums), toldMembers(told, told.map(({ amount }) => amount)));
    compareLists(place, "trade", trades.map((trade) => JSON.stringify(trade)), unpackTrades(String(args["trades"])).map((trade) => JSON.stringify(trade)));
    settle(book.rows.map((row, i) => ({ ...row, amount: sums[i] ?? 0n })), trades);
    cleared += 1;
  }

  /** The arbiter may reduce an energy, not raise or turn it. */
  function ruledBook(place: { subject: string; transactionHash: string }, rows: BookMember[], told: { node: number; energyMwh: number }[]): Book {
    const ruled = rows.map((row, i): Row => {
      const energyMwh = told[i]?.energyMwh ?? 0;
      const reduces = row.energyMwh < 0 ? energyMwh <= 0 && energyMwh >= row.energyMwh : energyMwh >= 0 && energyMwh <= row.energyMwh;
      if (!reduces) note({ ...place, what: `ruling on node ${row.node}`, expected: `from 0 to ${row.energyMwh} mWh`, actual: `${energyMwh} mWh` });
      return { ...row, energyMwh, amount: 0n, reported: null };
    });
    return { rows: ruled, unknownMwh: 0, missing: 0, complete: true };
  }

  function onDisputed({ args, timestamp, transactionHash }: ContractEvent): void {
    const slot = Number(args["slot"]);
    const place = { subject: `slot ${slot}`, transactionHash };
    const terms = orders.termsAt(slot);
    const book = gather(slot, terms);
    checkTurn(place, slot, timestamp, book, terms);
    const totals = totalsOf(book.rows);
    const { agree, toleratedMwh } = compareEnds(totals, { lossPermille: terms.lossPermille, slackMwh: terms.lossMwh + book.unknownMwh });
    const figures = [totals.importedMwh, totals.exportedMwh, toleratedMwh];
    compare(note, { ...place, what: "energies of the dispute, mWh" }, figures.join(", "), ["importedMwh", "exportedMwh", "toleratedMwh"].map((name) => args[name]).join(", "));
    compare(note, { ...place, what: "both ends of the bus" }, "further apart than tolerated", agree ? "within what is tolerated" : "further apart than tolerated");
    // The cast: as the contract encodes them.
    const [table, disputedTerms] = AbiCoder.defaultAbiCoder().decode(["uint256[]", TERMS_TYPE], String(args["disputed"])) as unknown as [bigint[], Record<keyof Terms, bigint>];
    const rows = unpackTable([...table]);
    const shown = ({ node, energyMwh, price, limitMwh, preferred, prepaid }: BookMember): string => [node, energyMwh, price, limitMwh, packPreferred(preferred), prepaid].join(" ");
    compareLists(place, "disputed member", book.rows.map(shown), rows.map(shown));
    for (const field of Object.keys(terms) as (keyof Terms)[]) compare(note, { ...place, what: `disputed terms, ${field}` }, terms[field], disputedTerms[field]);
    disputes.set(slot, { rows: book.rows, terms });
    settle(book.rows, []);
  }

  function onLate({ args, timestamp, transactionHash }: ContractEvent): void {
    const [node, slot] = [Number(args["node"]), Number(args["slot"])];
    const place = { subject: `late slot ${slot} of node ${node}`, transactionHash };
    const [reported, before] = [ledger.report(node, slot), settledOf(node)];
    if (reported === null || before.slot >= slot) return note({ ...place, what: "report", expected: `after slot ${before.slot}`, actual: reported === null ? "none" : "settled already" });
    const found = poolAmount(before, reported, orders.termsAt(nextSlot(timestamp)));
    const told = ["importMwh", "exportMwh", "amount"].map((name) => String(args[name]));
    compare(note, { ...place, what: "energy in and out, mWh, and amount" }, [found.importMwh, found.exportMwh, found.amount].join(", "), told.join(", "));
    settle([{ node, prepaid: false, amount: found.amount, reported }], []);
  }

  function dismiss(node: number): void {
    // The last one takes its place.
    const [place, last] = [members.indexOf(node), members.pop()];
    if (last !== undefined && last !== node) members[place] = last;
  }

  const slots: Record<string, (event: ContractEvent) => void> = {
    SlotCleared: onCleared,
    SlotDisputed: onDisputed,
    LateSettled: onLate,
    NodeDismissed: ({ args }) => dismiss(Number(args["node"])),
    NodeEnrolled({ args }) {
      const node = Number(args["node"]);
      members.push(node);
      if (!settled.has(node)) settled.set(node, { epoch: 0, slot: lastSlot ?? 0, importMwh: 0, exportMwh: 0 });
    },
  };

  return {
    apply(event: ContractEvent): void {
      // Its first event is in the block of its deployment: the slots before that one are nobody's.
      if (event.name === "TermsSet") lastSlot ??= Math.floor(event.timestamp / slotSeconds);
      orders.apply(event);
      accounts.apply(event);
      slots[event.name]?.(event);
    },
    accounts,
    nodes: (): number[] => [...settled.keys()],
    isEnrolled: (node: number): boolean => members.includes(node),
    settledSlot: (node: number): number => settledOf(node).slot,
    openDisputes: (): number => disputes.size,
    cleared: (): number => cleared,
  };
}
