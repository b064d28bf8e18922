/**
 * One batch: its transaction, its block, its readings, and the proof of any of them.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import type { Batch } from "#gateway/api/schemas/batches.ts";
import { useApp } from "../../app.ts";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { Loaded } from "../../components/states.tsx";
import { timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { href } from "../../router.ts";
import { texts } from "../../texts.ts";
import { Fact } from "../chain/status.tsx";
import { BatchReadings } from "./readings.tsx";
import { BatchState } from "./state.tsx";

function Facts({ batch, nowMs }: { batch: Batch; nowMs: number }) {
  const { facts, notMined } = texts.settlement;
  const { hash, blockNumber, blockHash, createdUtcMs } = batch.transaction;
  return (
    <dl class="facts">
      <Fact name={facts.period}>
        {timeOf(batch.fromUtcMs, nowMs)} – {timeOf(batch.toUtcMs, nowMs)}
      </Fact>
      <Fact name={facts.slot}>{batch.slot}</Fact>
      <Fact name={facts.made}>{timeOf(createdUtcMs, nowMs)}</Fact>
      <Fact name={facts.root}>
        <Hash hash={batch.root} />
      </Fact>
      <Fact name={facts.transaction}>
        <Hash hash={hash} />
      </Fact>
      <Fact name={facts.block}>{blockNumber ?? <span class="muted">{notMined}</span>}</Fact>
      {blockHash !== null && (
        <Fact name={facts.blockHash}>
          <Hash hash={blockHash} />
        </Fact>
      )}
    </dl>
  );
}

export function BatchPage({ number }: { number: number }) {
  const { client, model } = useApp();
  const batch = useResource(() => bodyOf(client.batches[":number"].$get({ param: { number: String(number) } })), {
    key: String(number),
    follow: (shown, message) => (message.name === "batch" && message.data.number === number ? message.data : shown),
  });
  const nowMs = model.nowUtcMs.value;
  return (
    <>
      <p>
        <a href={href("settlement")}>← {texts.settlement.back}</a>
      </p>
      <Loaded resource={batch}>
        {(shown) => (
          <>
            <Card title={texts.settlement.batch(number)} aside={<BatchState state={shown.transaction.state} />}>
              <p class="muted">{texts.settlement.stateHelp[shown.transaction.state]}</p>
              <Facts batch={shown} nowMs={nowMs} />
            </Card>
            <BatchReadings batch={shown} nowMs={nowMs} />
          </>
        )}
      </Loaded>
    </>
  );
}
