/**
 * The chain's newest block, how old it is, and what that means.
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Chain } from "#gateway/api/schemas/chain.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { duration } from "../../format.ts";
import type { Model } from "../../model.ts";
import { texts } from "../../texts.ts";
import { type HeadState, headState } from "./head.ts";

const TONES: Record<HeadState, Tone> = { unknown: "quiet", fresh: "good", stalled: "warn", away: "warn" };

/** A name and what stands for it. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Status({ chain, model }: { chain: Chain; model: Model }) {
  const words = texts.chain;
  const nowMs = model.nowUtcMs.value;
  const state = headState(chain);
  const { headNumber, headUtcMs, answeredUtcMs } = chain;
  return (
    <Card title={words.head} aside={<Badge tone={TONES[state]}>{words.states[state]}</Badge>}>
      <p class="figure">
        <strong>{headNumber ?? texts.common.noValue}</strong>{" "}
        <span class="muted">{headUtcMs === null ? words.noHead : words.headAge(duration(nowMs - headUtcMs))}</span>
      </p>
      <p class={state === "stalled" || state === "away" ? "notice" : "muted"}>{chain.state === "foreign" ? words.foreign : words.stateWords[state]}</p>
      <dl class="facts">
        <Fact name={words.answered}>{answeredUtcMs === null ? texts.common.noValue : words.ago(duration(nowMs - answeredUtcMs))}</Fact>
        <Fact name={words.chainId}>{chain.chainId}</Fact>
        <Fact name={words.finality}>{words.finalityDepth(chain.finalityDepth)}</Fact>
        <Fact name={words.waiting}>{chain.openTransactions}</Fact>
        <Fact name={words.reverted}>
          {chain.revertedTransactions} <span class="muted">{words.sinceStart}</span>
        </Fact>
        <Fact name={words.refusedCheckpoints}>
          {chain.refusedCheckpoints} <span class="muted">{words.sinceStart}</span>
        </Fact>
      </dl>
    </Card>
  );
}
