/**
 * Clears one slot: preferred sellers first, then the cheapest ask, the rest with the community's pool. Pure, and equal to
 * `contracts/libraries/Clearing.sol` to the last unit; the rules and their proofs are in RULES.md.
 * @module
 */
import { MAX_PREFERRED, MWH_PER_KWH, type Clearing, type Member, type Rules, type Trade } from "./member.ts";
import { askOrder, bidOrder, memberAt } from "./order.ts";

/** Energy drawn and given by all members. */
export function totalsOf(members: readonly Member[]): { importedMwh: number; exportedMwh: number } {
  let [importedMwh, exportedMwh] = [0, 0];
  for (const { energyMwh } of members) {
    if (energyMwh > 0) importedMwh += energyMwh;
    else exportedMwh -= energyMwh;
  }
  return { importedMwh, exportedMwh };
}

/**
 * By how much both ends may differ, and whether they do not differ by more.
 * @param terms.lossPermille part of the larger sum
 * @param terms.slackMwh amount besides
 */
export function compareEnds(
  { importedMwh, exportedMwh }: { importedMwh: number; exportedMwh: number },
  { lossPermille, slackMwh }: { lossPermille: number; slackMwh: number },
): { toleratedMwh: number; agree: boolean } {
  const larger = Math.max(importedMwh, exportedMwh);
  // BigInt, because the product may exceed 2^53.
  const toleratedMwh = Number((BigInt(larger) * BigInt(lossPermille)) / 1000n) + slackMwh;
  return { toleratedMwh, agree: larger - Math.min(importedMwh, exportedMwh) <= toleratedMwh };
}

/**
 * What somebody gets or, negative, pays, in millionths of a coin: who pays, pays the next whole one, who gets, gets whole ones, and the pool
 * has the difference.
 * @param gained what he gets less what he owes, in millionths of a coin per kWh × mWh
 */
export function amountOf(gained: bigint): bigint {
  return gained >= 0n ? gained / MWH_PER_KWH : -((MWH_PER_KWH - 1n - gained) / MWH_PER_KWH);
}

/** Exact, and in plain numbers as far as they are: that takes half the time. */
function timesPrice(energyMwh: number, price: number): bigint {
  const value = energyMwh * price;
  return Number.isSafeInteger(value) ? BigInt(value) : BigInt(energyMwh) * BigInt(price);
}

/** A clearing under way. By place: energy still to be bought or sold, and what for it is to be paid or got. */
interface Book {
  members: readonly Member[];
  openMwh: number[];
  sums: bigint[];
  trades: Trade[];
}

/**
 * Clears a slot.
 * @param members each node once; in any order, which changes nothing but the places in the result
 */
export function clearSlot(rules: Rules, members: readonly Member[]): Clearing {
  const { asks, bids, book } = openBook(rules, members);
  tradePreferred(book, bids);
  tradeCheapest(book, asks, bids);
  const amounts = members.map(({ energyMwh }, place) => {
    const price = energyMwh > 0 ? rules.importPrice : rules.exportPrice;
    const sum = (book.sums[place] ?? 0n) + timesPrice(book.openMwh[place] ?? 0, price);
    return amountOf(energyMwh > 0 ? -sum : sum);
  });
  return { trades: book.trades, amounts };
}

/** The lists that the contract's `clear` takes with a slot: places of sellers and of buyers. */
export function clearingOrders(rules: Rules, members: readonly Member[]): { asks: number[]; bids: number[] } {
  const { asks, bids } = openBook(rules, members);
  return { asks, bids };
}

function openBook(rules: Rules, members: readonly Member[]): { asks: number[]; bids: number[]; book: Book } {
  const { importedMwh, exportedMwh } = totalsOf(members);
  const lossy = rules.complete && exportedMwh > importedMwh;
  const [imported, exported] = [BigInt(importedMwh), BigInt(exportedMwh)];
  const book: Book = { members, openMwh: [], sums: [], trades: [] };
  for (const { energyMwh, limitMwh } of members) {
    const arrivedMwh = energyMwh < 0 && lossy ? Number((BigInt(-energyMwh) * imported) / exported) : Math.abs(energyMwh);
    const openMwh = energyMwh < 0 ? Math.min(arrivedMwh, limitMwh) : arrivedMwh;
    book.openMwh.push(openMwh);
    // Of what a seller does not offer the pool takes care.
    book.sums.push(timesPrice(arrivedMwh - openMwh, rules.exportPrice));
  }
  return { asks: askOrder(rules.slot, members, book.openMwh), bids: bidOrder(rules.slot, members), book };
}

/** First everybody's first choice, then everybody's second; of those who want the same seller, the highest bid first. */
function tradePreferred(book: Book, bids: number[]): void {
  const sellers = new Map(book.members.flatMap(({ node, energyMwh }, place) => (energyMwh < 0 ? [[node, place] as const] : [])));
  for (let rank = 0; rank < MAX_PREFERRED; rank++) {
    for (const buyer of bids) {
      const node = memberAt(book.members, buyer).preferred[rank];
      const seller = node === undefined ? undefined : sellers.get(node);
      if (seller !== undefined) trade(book, buyer, seller);
    }
  }
}

/** The highest bid takes from the cheapest ask until one of both is satisfied, as long as the bid is not below the ask. */
function tradeCheapest(book: Book, asks: number[], bids: number[]): void {
  let next = 0;
  for (const buyer of bids) {
    while ((book.openMwh[buyer] ?? 0) > 0) {
      const seller = asks[next];
      // Whoever comes after this buyer bids no more, and after this seller asks no less.
      if (seller === undefined || !trade(book, buyer, seller)) return;
      if (book.openMwh[seller] === 0) next += 1;
    }
  }
}

/** Sells what both have open, at the seller's price. @returns whether the bid is not below the ask. */
function trade({ members, openMwh, sums, trades }: Book, buyer: number, seller: number): boolean {
  const { price } = memberAt(members, seller);
  if (price > memberAt(members, buyer).price) return false;
  const [wanted = 0, offered = 0] = [openMwh[buyer], openMwh[seller]];
  const energyMwh = Math.min(wanted, offered);
  if (energyMwh === 0) return true;
  openMwh[buyer] = wanted - energyMwh;
  openMwh[seller] = offered - energyMwh;
  const value = timesPrice(energyMwh, price);
  sums[buyer] = (sums[buyer] ?? 0n) + value;
  sums[seller] = (sums[seller] ?? 0n) + value;
  trades.push({ buyer, seller, energyMwh, price });
  return true;
}
