/**
 * Tells a broker what the home measures, and has boards asked what it is told, as the API has them asked.
 * @module
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createAudit } from "#gateway/auth/audit.ts";
import { readTariffs } from "#gateway/api/handlers/tariffs.ts";
import type { QueuedCommand } from "#gateway/store/commands.ts";
import type { IntegrationParts } from "../ports.ts";
import { readSecretFile } from "../secret-file.ts";
import type { MqttSettings } from "../settings.ts";
import { createStatus } from "../status.ts";
import type { IntegrationStatus } from "../status.ts";
import { keepConnected } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { discoveryOf } from "./discovery.ts";
import { statesOf } from "./states.ts";
import { topicsOf, wishOf } from "./topics.ts";

export interface MqttIntegration {
  /** Resolves when the first attempt is under way. @throws when a file that the settings name is no good. */
  start(): Promise<void>;
  stop(): Promise<void>;
  status(): IntegrationStatus;
}

/** Newest commands of a board among which its override is looked for. */
const RECENT_COMMANDS = 20;
/** Wishes that wait for the store; more than a household makes. */
const MOST_WISHES = 16;

/** @param options.firstWaitMs before the first new attempt; default 1 s. */
export function createMqtt(parts: IntegrationParts, settings: MqttSettings, options: { firstWaitMs?: number } = {}): MqttIntegration {
  const { store, clock, commands, node, live, log, dataDir, settings: boardSettings } = parts;
  const topics = topicsOf(settings.baseTopic, node.id);
  const birthTopic = `${settings.discoveryPrefix}/status`;
  const status = createStatus("mqtt", clock, ["attempts", "connected", "published", "wishes", "refused", "errors"]);
  const audit = createAudit({ store, clock });
  const broker = new URL(settings.url).host;
  let connection: Connection | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** What the broker has, by topic: what did not change is not sent again. */
  let told = new Map<string, string>();
  let isTelling = false;
  let wishes = 0;

  async function overridesOf(boardIds: readonly string[]): Promise<Map<string, QueuedCommand>> {
    const found = new Map<string, QueuedCommand>();
    for (const boardId of boardIds) {
      const recent = await commands.list(boardId, { limit: RECENT_COMMANDS });
      const newest = recent.find(({ command, state }) => command.kind === "override" && state === "applied");
      if (newest !== undefined) found.set(boardId, newest);
    }
    return found;
  }

  /** One at a time, and only what changed: a slow broker delays the next one and nothing else. */
  async function tell(): Promise<void> {
    if (isTelling || connection === undefined || !connection.isConnected()) return;
    isTelling = true;
    try {
      const own = told;
      const [boards, latest, tariffs] = [await store.boards(), await store.latest(), await readTariffs(store)];
      const overrides = await overridesOf(boards.map(({ boardId }) => boardId));
      const currency = tariffs.at(-1)?.currency ?? null;
      const messages = [
        ...discoveryOf(boards, { topics, prefix: settings.discoveryPrefix, node, allowControl: settings.allowControl, currency }),
        { topic: topics.gateway, payload: "online" },
        ...statesOf(
          {
            boards,
            ...latest,
            tariffs,
            settingsOf: (boardId) => boardSettings.of(boardId),
            overrideOf: (boardId) => overrides.get(boardId) ?? null,
            nowMs: clock.nowMs(),
          },
          topics,
        ),
      ].filter(({ topic, payload }) => own.get(topic) !== payload);
      await connection.publish(messages);
      for (const { topic, payload } of messages) own.set(topic, payload);
      status.count("published", messages.length);
    } catch (error) {
      status.wrong("errors", error);
    } finally {
      isTelling = false;
    }
  }

  function forgetTold(): void {
    told = new Map();
    void tell();
  }

  async function grant(topic: string, payload: string): Promise<void> {
    if (wishes >= MOST_WISHES) return status.wrong("refused", "too many wishes at once");
    wishes += 1;
    try {
      const durationMs = settings.overrideMinutes * 60_000;
      const { board, command } = wishOf(topic, payload, { topics, boards: await store.boards(), durationMs });
      const by = `MQTT broker ${broker}`;
      await commands.queue(board.boardId, command, by);
      await audit.write(by, broker, { action: "board.override", target: board.boardId, before: null, after: command });
      status.count("wishes");
    } catch (error) {
      status.wrong("refused", error);
    } finally {
      wishes -= 1;
    }
    return undefined;
  }

  function onMessage(topic: string, payload: string): void {
    // Home Assistant was started anew and may have lost what it knew.
    if (topic === birthTopic) return payload === "online" ? forgetTold() : undefined;
    void grant(topic, payload);
    return undefined;
  }

  return {
    async start() {
      const path = (name: string): string => resolve(dataDir, name);
      const password = settings.passwordPath === undefined ? undefined : await readSecretFile(path(settings.passwordPath));
      const ca = settings.caPath === undefined ? undefined : await readFile(path(settings.caPath));
      connection = keepConnected({
        url: settings.url,
        options: {
          ...(settings.username !== undefined && { username: settings.username }),
          ...(password !== undefined && { password }),
          ...(ca !== undefined && { ca }),
        },
        clientId: `daisee-${settings.baseTopic.replaceAll("/", "-")}-${node.id}`,
        will: { topic: topics.gateway, payload: "offline" },
        filters: [birthTopic, ...(settings.allowControl ? [topics.setAll] : [])],
        status,
        ...options,
        onConnected: forgetTold,
        onMessage,
      });
      let position = live.end();
      let idleTurns = 0;
      timer = setInterval(() => {
        // Ages and prices change without a notification, but not that often.
        const isDue = live.end() !== position || ++idleTurns * settings.publishSeconds >= 10;
        if (!isDue) return;
        position = live.end();
        idleTurns = 0;
        tell().catch((err: unknown) => log.warn({ err }, "mqtt: states were not told"));
      }, settings.publishSeconds * 1000);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await connection?.close();
    },
    status: () => status.view(),
  };
}
