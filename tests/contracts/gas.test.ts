/**
 * The contracts' gas against `contracts/gas.json`, which `npm run bench -- gas` prints. `GAS_SNAPSHOT=write` writes it anew.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { GAS_SNAPSHOT_PATH, readGasSnapshot, type GasKey } from "#contracts/gas.ts";
import { clearGas, commitGas, verifyGas } from "./gas.ts";
import { useMarket } from "./market.ts";

/** Slots' and meters' numbers depend on the time, and a byte of calldata costs four times as much when it is not zero. */
const TOLERANCE = 0.005;
const MEMBERS = 100;

describe("Gas", function () {
  this.timeout(180_000);
  const market = useMarket(MEMBERS);
  const keys: GasKey[] = [];
  const measured = new Map<GasKey, number>();
  const snapshot = process.env["GAS_SNAPSHOT"] === "write" ? null : readGasSnapshot();

  function costs(key: GasKey, measure: () => Promise<number>): void {
    keys.push(key);
    it(`of ${key} is what the snapshot says`, async () => {
      const gas = await measure();
      measured.set(key, gas);
      if (snapshot === null) return;
      const expected = snapshot[key];
      assert.ok(Math.abs(gas - expected) <= TOLERANCE * expected, `${gas} gas, and ${expected} in ${GAS_SNAPSHOT_PATH}: if that is wanted, write it with GAS_SNAPSHOT=write`);
    });
  }

  const v = () => market().village;
  costs("commit of 100 readings", () => commitGas(v(), { meters: 0, slots: 1, readings: 100 }));
  costs("commit of a slot of 2 meters, with 2 readings", () => commitGas(v(), { meters: 2, slots: 1, readings: 2 }));
  costs("commit of a slot of 8 meters, with 90 readings each", () => commitGas(v(), { meters: 8, slots: 1, readings: 720 }));
  costs("commit of a day's 96 slots of 2 meters, with 8640 readings each", () => commitGas(v(), { meters: 2, slots: 96, readings: 17_280 }));
  costs("verification of a reading at depth 10", () => verifyGas(v(), 10));
  costs("clearing of a slot of 100 members", () => clearGas(market()));
  costs("transfer of coins", async () => {
    const [{ account }, other] = [market().home(0), market().home(1).account];
    return Number((await v().send(account, v().coin, "transfer", [other.address, 5n])).gasUsed);
  });
  costs("deposit", async () => Number((await market().act(0, "deposit", market().home(0).node, 5n)).gasUsed));
  costs("withdrawal", async () => Number((await market().act(0, "withdraw", market().home(0).node, 5n)).gasUsed));
  costs("change of an ask", async () => {
    await market().ask(0, 100_000);
    return Number((await market().act(0, "setAsk", market().home(0).node, 110_000, 1_000_000)).gasUsed);
  });
  costs("change of a bid", async () => {
    await market().bid(0, 100_000);
    return Number((await market().act(0, "setBid", market().home(0).node, 110_000, 0)).gasUsed);
  });

  it("has a snapshot of these and of nothing else", () => {
    if (snapshot !== null) assert.deepEqual(Object.keys(snapshot), keys);
  });

  after(() => {
    if (snapshot === null) writeFileSync(GAS_SNAPSHOT_PATH, `${JSON.stringify(Object.fromEntries(measured), null, 2)}\n`);
  });
});
