/**
 * Other systems in the house, and how each connection stands.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import { useApp } from "../../app.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Loaded } from "../../components/states.tsx";
import { timeOf } from "../../format.ts";
import { useResource } from "../../resource.ts";
import { texts } from "../../texts.ts";

const TONES = { off: "quiet", starting: "info", working: "good", retrying: "warn", failed: "warn" } as const satisfies Record<string, Tone>;

export function IntegrationsSection() {
  const { client, model } = useApp();
  const words = texts.settings.integrations;
  const integrations = useResource(() => bodyOf(client.integrations.$get()));
  const nowMs = model.nowUtcMs.value;
  return (
    <Card title={words.title}>
      <div class="stack">
        <p class="muted">{words.detail}</p>
        <Loaded resource={integrations}>
          {({ items }) => (
            <ul class="integrations">
              {items.map(({ name, state, lastError, lastErrorUtcMs, counters }) => (
                <li key={name}>
                  <div class="section-head">
                    <h3>{words.names[name]}</h3>
                    <Badge tone={TONES[state]}>{words.states[state]}</Badge>
                  </div>
                  <p class="muted">{words.what[name]}</p>
                  {state !== "off" && Object.keys(counters).length > 0 && (
                    <p class="muted">
                      {words.columns.counters}:{" "}
                      {Object.entries(counters)
                        .map(([counter, count]) => `${counter} ${count}`)
                        .join(", ")}
                    </p>
                  )}
                  {lastError !== null && (
                    <p class="field-error">
                      {lastErrorUtcMs !== null && `${timeOf(lastErrorUtcMs, nowMs)}: `}
                      {lastError}
                    </p>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
        <p class="muted">{words.readMore}</p>
      </div>
    </Card>
  );
}
