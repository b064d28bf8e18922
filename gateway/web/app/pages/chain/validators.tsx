/**
 * Who may seal blocks, and who sealed the newest one.
 * @module
 */
import type { Chain } from "#gateway/api/schemas/chain.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { texts } from "../../texts.ts";

export function Validators({ chain: { validators, headSealer } }: { chain: Chain }) {
  const words = texts.chain;
  return (
    <Card title={words.validators}>
      {validators.length === 0 ? (
        <p class="muted">{words.noValidators}</p>
      ) : (
        <ul class="validators">
          {validators.map((validator) => (
            <li key={validator}>
              <Hash hash={validator} /> {validator === headSealer && <Badge tone="good">{words.sealed}</Badge>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
