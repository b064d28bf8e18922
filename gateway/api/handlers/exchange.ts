/**
 * Handlers: the home's account at the community's exchange.
 * @module
 */
import type { Mount } from "../mount.ts";
import { available } from "../ports.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/exchange.ts";
import type { Parts } from "./parts.ts";
import { orRefusal } from "./trade.ts";

/** What the chain told; null before it did. */
function told<Answer>(answer: Answer | null): Answer {
  if (answer === null) throw new ProblemError(503, "The chain has not answered since the gateway started: see the chain's status, and ask again.");
  return answer;
}

export function mountExchange(mount: Mount, parts: Parts): void {
  const exchange = () => available(parts.exchange, "exchange to trade on");

  mount.read(routes.exchangeAccountRoute, () => told(exchange().account()));
  mount.read(routes.exchangeTermsRoute, () => told(exchange().terms()));
  mount.read(routes.sellersRoute, async () => ({ items: await exchange().sellers() }));
  mount.read(routes.transfersRoute, async () => ({ items: await exchange().transfers() }));
  mount.change(routes.createTransferRoute, async (c) => {
    const body = await orRefusal(exchange().transfer(c.req.valid("json"), c.get("principal").name));
    return { status: 202, body, audit: { action: `exchange.${body.kind}`, target: String(body.transferId), before: null, after: body } };
  });
}
