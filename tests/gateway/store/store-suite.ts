/**
 * What every implementation of the store must do, as tests over a factory.
 * @module
 */
import type { Store } from "#gateway/store/store.ts";
import { describeBatches } from "./behaviour-batches.ts";
import { describeExternal } from "./behaviour-external.ts";
import { describeFrames } from "./behaviour-frames.ts";
import { describeHistory } from "./behaviour-history.ts";
import { describeLookups } from "./behaviour-lookups.ts";
import { describeOrder } from "./behaviour-order.ts";
import { describePacking } from "./behaviour-packing.ts";
import { describeTrade } from "./behaviour-trade.ts";

/** A place where a store keeps its data. */
export interface Place {
  /** Opens the store on the data that is there. */
  open(): Promise<Store>;
  /** Deletes the data. */
  remove(): Promise<void>;
}

/** Runs a test on a fresh store, which it may close and open again. */
export type WithStore = (test: (store: Store, reopen: () => Promise<Store>) => Promise<void>) => () => Promise<void>;

/** Describes a store by its behaviour; `createPlace` gives an empty place for each test. */
export function describeStore(name: string, createPlace: () => Promise<Place>): void {
  const withStore: WithStore = (test) => async () => {
    const place = await createPlace();
    let store = await place.open();
    try {
      await test(store, async () => {
        await store.close();
        store = await place.open();
        return store;
      });
    } finally {
      await store.close();
      await place.remove();
    }
  };

  describe(`${name} store`, () => {
    describeFrames(withStore);
    describeLookups(withStore);
    describeBatches(withStore);
    describeTrade(withStore);
    describeHistory(withStore);
    describeOrder(withStore);
    describePacking(withStore);
    describeExternal(withStore);
  });
}
