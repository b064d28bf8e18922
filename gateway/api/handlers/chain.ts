/**
 * Handlers: batches, neighbours and the chain.
 * @module
 */
import { batchCursor, batchPlace } from "../cursor.ts";
import type { Mount } from "../mount.ts";
import { presentBatch } from "../present.ts";
import * as routes from "../routes/chain.ts";
import { DEFAULT_LIMIT } from "../schemas/fields.ts";
import { given, missing, pageOf } from "./parts.ts";
import type { Parts } from "./parts.ts";

export function mountChain(mount: Mount, { store, ledger }: Parts): void {
  mount.read(routes.batchesRoute, async (c) => {
    const { cursor, limit = DEFAULT_LIMIT } = c.req.valid("query");
    const before = cursor === undefined ? undefined : batchPlace(cursor);
    const found = await store.batches({ ...given({ before }), limit: limit + 1 });
    return pageOf(found, limit, presentBatch, ({ number }) => batchCursor(number));
  });

  mount.read(routes.batchRoute, async (c) => {
    const { number } = c.req.valid("param");
    const batch = await store.batch(number);
    if (batch === null) throw missing(`batch ${number}`);
    return presentBatch(batch);
  });

  mount.read(routes.neighboursRoute, () => ({ items: ledger.neighbours() }));
  mount.read(routes.chainRoute, () => ledger.status());
}
