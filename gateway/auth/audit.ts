/**
 * Writes down who changed what.
 * @module
 */
import type { Clock } from "#gateway/clock.ts";
import type { AccountStore } from "#gateway/store/accounts.ts";

/** A change; before and after without secrets, null where there was nothing. */
export interface Change {
  action: string;
  target: string;
  before: unknown;
  after: unknown;
}

export interface Audit {
  write(actor: string, address: string, change: Change): Promise<void>;
}

const SECRET_FIELD = /password|secret|code/i;

/** Whoever adds a field to a resource must not have to think of the log. */
const text = (value: unknown): string =>
  JSON.stringify(value ?? null, (name, inner: unknown) => (SECRET_FIELD.test(name) ? "(not kept)" : inner));

export function createAudit({ store, clock }: { store: AccountStore; clock: Clock }): Audit {
  return {
    write: (actor, address, { action, target, before, after }) =>
      store.appendAudit({ utcMs: clock.nowMs(), actor, address, action, target, before: text(before), after: text(after) }),
  };
}
