/**
 * The exchange under long random sequences of calls by all roles: members, gateways, anybody, treasurer, guardian, arbiter, registrar. Each
 * call may be refused; whatever is taken must keep the account. `EXCHANGE_RUNS` and `EXCHANGE_STEPS` make more of them.
 */
import assert from "node:assert/strict";
import { AbiCoder } from "ethers";
import fc from "fast-check";
import { packPlaces, packPreferred, unpackTable } from "#contracts/settlement.ts";
import { clearingOrders } from "#gateway/market/clear.ts";
import { verifyCommunity } from "#gateway/ledger/verify-community/verify-community.ts";
import { communityOf } from "#tests/gateway/ledger/community-story.ts";
import { BUS_POWER_W, useMarket, type Market, type Order } from "./market.ts";
import { TERMS } from "./village.ts";

const RUNS = Number(process.env["EXCHANGE_RUNS"] ?? 1);
const STEPS = Number(process.env["EXCHANGE_STEPS"] ?? 24);
const HOMES = 4;

const place = fc.nat(HOMES - 1);
const amount = fc.oneof(fc.nat(2000), fc.constant(10 ** 9), fc.constant(2 * 10 ** 9));
const price = fc.oneof(fc.nat(400_000), fc.nat(40).map((step) => step * 10_000));
const energy = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -2000, max: 2000 }) }, { weight: 1, arbitrary: fc.constant(null) });
/** Mostly what balances: the last home draws or gives what the others do not. */
const anySlot = fc.record({ kind: fc.constant("slot" as const), energies: fc.array(energy, { minLength: HOMES, maxLength: HOMES }), balanced: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }) });
const call = <Kind extends string>(kind: Kind) => fc.record({ kind: fc.constant(kind), at: place, other: place, amount, price });
const MOVES = ["ask", "bid", "deposit", "withdraw", "prepay", "refund", "fundPool", "withdrawPool", "payDue", "setTerms", "late", "leave", "replace", "resolve"] as const;
const anyStep = fc.oneof(
  { weight: 8, arbitrary: anySlot },
  { weight: 10, arbitrary: fc.constantFrom(...MOVES).chain(call) },
  { weight: 1, arbitrary: call("pause") },
);
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;
type Move = Extract<Step, { at: number }>;

interface Dispute {
  slot: number;
  disputed: string;
}

/** Plays one sequence. */
class Play {
  readonly m: Market;
  readonly outcomes: Map<string, number>;
  private disputes: Dispute[] = [];
  private lastCleared = 0;

  constructor(m: Market, outcomes: Map<string, number>) {
    this.m = m;
    this.outcomes = outcomes;
  }

  private count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  /** Sends, unless the contract would refuse. */
  private async attempt(name: string, order: Order): Promise<void> {
    const refused = await order.to.getFunction(order.name).staticCall(...order.values, { from: order.from }).then(() => false, () => true);
    this.count(`${name} ${refused ? "refused" : "taken"}`);
    if (!refused) await this.m.orderAll([order]);
  }

  private order(step: Move): Order {
    const { m } = this;
    const [home, other] = [m.home(step.at), m.home(step.other)];
    const { community, stranger, registry } = m.village;
    const by = (from: string, name: string, ...values: unknown[]): Order => ({ from, to: m.exchange, name, values });
    const orders: Record<Move["kind"], Order> = {
      ask: by(home.account.address, "setAsk", home.node, step.price, step.amount),
      bid: by(home.gateway.address, "setBid", home.node, step.price, step.at === step.other ? 0 : packPreferred([other.node])),
      deposit: by(home.account.address, "deposit", other.node, step.amount),
      withdraw: by(home.account.address, "withdraw", home.node, step.amount),
      prepay: by(home.account.address, "prepay", home.node, other.node, step.amount),
      refund: by(home.account.address, "refund", home.node, other.node, step.amount),
      fundPool: by(home.account.address, "fundPool", step.amount),
      withdrawPool: by(community.address, "withdrawPool", stranger.address, step.amount),
      payDue: by(stranger.address, "payDue", home.node),
      setTerms: by(community.address, "setTerms", [0, step.price, Math.floor(step.price / 4), 100, 20, TERMS.graceSeconds]),
      late: by(stranger.address, "settleLate", home.node, this.lastCleared),
      leave: by(stranger.address, "dismiss", home.node),
      replace: { from: community.address, to: registry, name: "replaceMeter", values: [home.meterId, home.meterId, BUS_POWER_W] },
      pause: by(community.address, "pause"),
      resolve: by(stranger.address, "resolve", 0, "0x", [], "0x", "0x"),
    };
    return orders[step.kind];
  }

  private async slot(energies: (number | null)[], balanced: boolean): Promise<void> {
    const { m } = this;
    const slot = await m.nextSlot();
    const rest = energies.slice(0, -1).reduce<number>((sum, value) => sum + (value ?? 0), 0);
    await m.meter(slot, balanced ? [...energies.slice(0, -1), -rest] : energies);
    await m.end(slot, TERMS.graceSeconds);
    const receipt = await m.village.send(m.village.stranger, m.exchange, "clear", await m.lists(slot));
    const disputed = receipt.logs.map((log) => m.exchange.interface.parseLog(log)).find((event) => event?.name === "SlotDisputed");
    if (disputed) this.disputes.push({ slot, disputed: String(disputed.args["disputed"]) });
    this.count(disputed ? "slot disputed" : "slot cleared");
    this.lastCleared = slot;
    // Nothing is settled twice: neither at once, nor by way of a meter that is not late.
    await m.refusesClear(slot, "NotNextSlot", [slot + 1, slot]);
    for (const [i, home] of m.homes.entries()) if (energies[i] !== null || (balanced && i === HOMES - 1)) await m.refuses(m.village.stranger, "settleLate", [home.node, slot], "NothingLate");
  }

  /** The oldest dispute ends with a part of what was metered. */
  private async resolve({ amount: part }: Move): Promise<void> {
    const dispute = this.disputes.shift();
    if (dispute === undefined) return;
    const { m } = this;
    const [table] = AbiCoder.defaultAbiCoder().decode(["uint256[]"], dispute.disputed);
    // The cast: as the contract encodes it.
    const metered = unpackTable([...(table as bigint[])]);
    const members = metered.map((member, i) => ({ ...member, energyMwh: Math.trunc((member.energyMwh * ((part + i) % 5)) / 4) })).map((member, i) => (Math.abs(member.energyMwh) > Math.abs(metered[i]?.energyMwh ?? 0) ? { ...member, energyMwh: 0 } : member));
    const { asks, bids } = clearingOrders({ slot: dispute.slot, importPrice: 0, exportPrice: 0, complete: true }, members);
    await m.govern("resolve", dispute.slot, dispute.disputed, members.map(({ energyMwh }) => energyMwh), packPlaces(asks), packPlaces(bids));
    this.count("dispute ended");
  }

  /** While it is paused nothing moves, whoever tries. */
  private async pause(step: Move): Promise<void> {
    const { m } = this;
    await m.govern("pause");
    const before = await m.balances();
    for (const kind of MOVES) {
      const order = this.order({ ...step, kind });
      if (order.to !== m.exchange) continue;
      const error = kind === "withdrawPool" || kind === "setTerms" || kind === "resolve" ? /EnforcedPause|AccessControl/ : /EnforcedPause/;
      await assert.rejects(order.to.getFunction(order.name).staticCall(...order.values, { from: order.from }), error, kind);
    }
    await assert.rejects(m.exchange.getFunction("clear").staticCall(await m.nextSlot(), "0x", "0x"), /EnforcedPause/);
    assert.deepEqual(await m.balances(), before);
    await m.govern("unpause");
    this.count("paused");
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "slot") await this.slot(step.energies, step.balanced);
    else if (step.kind === "resolve") await this.resolve(step);
    else if (step.kind === "pause") await this.pause(step);
    else await this.attempt(step.kind, this.order(step));
  }
}

describe("EnergyExchange under random sequences of calls by all roles", function () {
  this.timeout(60_000 + 40_000 * RUNS);
  const market = useMarket(HOMES);

  /** All coins there are, wherever. */
  async function coinsEverywhere(m: Market): Promise<bigint> {
    let sum = await m.held();
    for (const address of [...m.homes.map(({ account }) => account.address), m.village.stranger.address, m.village.community.address]) sum += BigInt(String(await m.village.read(m.village.coin, "balanceOf", address)));
    return sum;
  }

  it("keeps tokens in = tokens out + held, nobody below nothing, nothing settled twice; and says of every unit where it came from", async () => {
    const outcomes = new Map<string, number>();
    const property = fc.asyncProperty(fc.array(anyStep, { minLength: STEPS, maxLength: STEPS, size: "max" }), async (steps) => {
      const m = market();
      const snapshot: unknown = await m.village.provider.send("evm_snapshot", []);
      const kept = m.homes.map((home) => ({ ...home }));
      const supply = await m.village.read(m.village.coin, "totalSupply");
      const play = new Play(m, outcomes);
      for (const [i, step] of steps.entries()) {
        await play.take(step);
        if (i % 4 === 3) await m.assertConserved();
      }
      await m.assertConserved();
      assert.equal(await coinsEverywhere(m), supply);
      // Derived a second time from the events alone: each slot, account, counter and due.
      const { differences } = await verifyCommunity({ provider: m.village.provider, deployment: await communityOf(m), homes: [] });
      assert.deepEqual(differences, []);
      await m.village.provider.send("evm_revert", [snapshot]);
      for (const [i, home] of m.homes.entries()) Object.assign(home, kept[i]);
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
    const told = JSON.stringify(Object.fromEntries(outcomes));
    // In a short run not everything need happen.
    const expected = RUNS * STEPS < 200 ? [/^slot cleared$/] : [/^slot cleared$/, /^slot disputed$/, /^dispute ended$/, /^paused$/, / taken$/, / refused$/];
    for (const outcome of expected) assert.ok([...outcomes.keys()].some((key) => outcome.test(key)), `${outcome}: ${told}`);
  });
});
