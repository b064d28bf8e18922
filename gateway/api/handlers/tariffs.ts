/**
 * Handlers: tariffs.
 * @module
 */
import { createId } from "#gateway/auth/secrets.ts";
import type { Store } from "#gateway/store/store.ts";
import type { Tariff } from "#gateway/tariffs/tariff.ts";
import { isDate, isTimeZone } from "#gateway/tariffs/time-zone.ts";
import { checkMatch } from "../formats/answer.ts";
import type { Mount } from "../mount.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/energy.ts";
import type { NewTariff, Tariff as ShownTariff } from "../schemas/tariffs.ts";
import { missing } from "./parts.ts";
import type { Parts } from "./parts.ts";

/** All tariffs, by their first day. */
export async function readTariffs(store: Store): Promise<ShownTariff[]> {
  // Only the handlers below write them, as their schema has them.
  return (await store.tariffs()).map(({ tariffId, body }) => ({ ...(JSON.parse(body) as NewTariff), tariffId }));
}

/** What a schema cannot know. @throws ProblemError */
function check(tariff: NewTariff, others: readonly Tariff[]): void {
  const { validFrom, timeZone, currency, name } = tariff;
  if (!isDate(validFrom)) throw new ProblemError(400, `There is no day ${validFrom}.`);
  if (!isTimeZone(timeZone)) throw new ProblemError(400, `${timeZone} is no time zone: expected an IANA name such as Europe/Paris.`);
  const sameDay = others.find((other) => other.validFrom === validFrom);
  if (sameDay !== undefined)
    throw new ProblemError(
      409,
      `${sameDay.name} holds from ${validFrom} on already: choose another first day for ${name}, or replace that one.`,
    );
  const foreign = others.find((other) => other.currency !== currency);
  if (foreign !== undefined)
    throw new ProblemError(409, `${foreign.name} is in ${foreign.currency}: money of two currencies cannot be added up.`);
}

export function mountTariffs(mount: Mount, { store, random }: Parts): void {
  async function tariffOf(tariffId: string): Promise<ShownTariff> {
    const found = (await readTariffs(store)).find((tariff) => tariff.tariffId === tariffId);
    if (found === undefined) throw missing(`tariff ${tariffId}`);
    return found;
  }

  async function put(tariffId: string, tariff: NewTariff): Promise<ShownTariff> {
    check(
      tariff,
      (await readTariffs(store)).filter((other) => other.tariffId !== tariffId),
    );
    await store.putTariff({ tariffId, validFrom: tariff.validFrom, body: JSON.stringify(tariff) });
    return tariffOf(tariffId);
  }

  mount.read(routes.tariffsRoute, async () => ({ items: await readTariffs(store) }));

  mount.change(routes.createTariffRoute, async (c) => {
    const tariff = await put(createId(random), c.req.valid("json"));
    return { status: 201, body: tariff, audit: { action: "tariff.create", target: tariff.tariffId, before: null, after: tariff } };
  });

  mount.read(routes.tariffRoute, (c) => tariffOf(c.req.valid("param").tariffId));

  mount.change(routes.replaceTariffRoute, async (c) => {
    const before = await tariffOf(c.req.valid("param").tariffId);
    checkMatch(c, before);
    const after = await put(before.tariffId, c.req.valid("json"));
    return { status: 200, body: after, audit: { action: "tariff.replace", target: before.tariffId, before, after } };
  });

  mount.change(routes.deleteTariffRoute, async (c) => {
    const before = await tariffOf(c.req.valid("param").tariffId);
    await store.deleteTariff(before.tariffId);
    return { status: 204, body: null, audit: { action: "tariff.delete", target: before.tariffId, before, after: null } };
  });
}
