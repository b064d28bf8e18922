/**
 * Checks a reading's proof in this browser and says what was checked, and what has to be believed.
 * @module
 */
import type { Batch } from "#gateway/api/schemas/batches.ts";
import { bodyOf } from "#gateway/api/client.ts";
import type { Reading } from "#gateway/api/schemas/records.ts";
import type { ReadingProof } from "#gateway/ledger/verify.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Hash } from "../../components/hash.tsx";
import { Loaded } from "../../components/states.tsx";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";
import { type Check, verdictOf, verify } from "./verification.ts";

const MARKS: Record<Check["result"], string> = { ok: "✓", wrong: "✗", untold: "?" };

function CheckLine({ check }: { check: Check }) {
  const words = texts.settlement;
  return (
    <li class={`check check-${check.result}`}>
      <span aria-hidden="true">{MARKS[check.result]}</span>
      <div>
        {words.checks[check.name]}: <strong>{words.results[check.result]}</strong>
        {check.result === "wrong" && (
          <p class="check-values">
            {words.expected(check.expected)}; {words.came(check.actual)}
          </p>
        )}
      </div>
    </li>
  );
}

function save(proof: ReadingProof, id: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(proof, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `proof-${id}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

export function ProofDialog({ reading, batch, onClose }: { reading: Reading; batch: Batch; onClose: () => void }) {
  const { client, model } = useApp();
  const words = texts.settlement;
  const checked = useResource(
    async () => {
      const [proof, hashing] = await Promise.all([
        bodyOf(client.readings[":readingId"].proof.$get({ param: { readingId: reading.id } })),
        import("./merkle.ts"),
      ]);
      const home = model.neighbours.value.find(({ node }) => node === proof.node);
      const eventRoot = home?.batches.find(({ number }) => number === proof.batch)?.root ?? null;
      return { proof, checks: verify({ reading, proof, batchRoot: batch.root, eventRoot }, hashing) };
    },
    { key: reading.id },
  );
  return (
    <Dialog title={words.proofOf(reading.id)} onClose={onClose}>
      <Loaded resource={checked}>
        {({ proof, checks }) => {
          const verdict = verdictOf(checks);
          return (
            <div class="proof">
              <p class={`verdict verdict-${verdict}`} role="status">
                {words.verdicts[verdict]}
              </p>
              <ol class="checks">
                {checks.map((check) => (
                  <CheckLine key={check.name} check={check} />
                ))}
              </ol>
              <p class="proof-hashes">
                {words.leaf} <Hash hash={proof.leaf} /> + {words.siblings(proof.proof.length)} → <Hash hash={proof.root} />
              </p>
              <p class="muted">{words.trust}</p>
              <p class="muted">{words.limits}</p>
              <Button onClick={() => save(proof, reading.id)}>{words.save}</Button>
            </div>
          );
        }}
      </Loaded>
    </Dialog>
  );
}
