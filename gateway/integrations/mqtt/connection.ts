/**
 * A connection to a broker that comes back: each attempt is a client of its own, so that nothing of a broken one is sent late.
 * @module
 */
import { connect } from "mqtt";
import type { IClientOptions, MqttClient } from "mqtt";
import { createBackoff } from "../backoff.ts";
import type { StatusKeeper } from "../status.ts";
import type { Message } from "./discovery.ts";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const CONNECT_MS = 10_000;
const KEEPALIVE_SECONDS = 30;
/** Longest message that is listened to; what boards can be told is a word. */
const MAX_PAYLOAD_BYTES = 256;

export interface Connection {
  /** Publishes retained at QoS 1; resolves when the broker has them all, rejects when there is none. */
  publish(messages: readonly Message[]): Promise<void>;
  isConnected(): boolean;
  /** Says goodbye and ends; no further attempt is made. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  url: string;
  options: Pick<IClientOptions, "username" | "password" | "ca">;
  clientId: string;
  /** Published by the broker when this gateway is gone without a word, and by `close`. */
  will: Message;
  /** Topic filters to listen to. */
  filters: readonly string[];
  status: StatusKeeper;
  /** Default: 1 s. */
  firstWaitMs?: number;
  onConnected: () => void;
  onMessage: (topic: string, payload: string) => void;
}

/** Connects, now and whenever the connection was lost. Never throws: what goes wrong is counted and tried again. */
export function keepConnected(wanted: ConnectionOptions): Connection {
  const { url, options, clientId, will, filters, status, firstWaitMs = FIRST_WAIT_MS, onConnected, onMessage } = wanted;
  const backoff = createBackoff({ firstMs: firstWaitMs, longestMs: LONGEST_WAIT_MS, random: Math.random });
  let client: MqttClient | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function again(): void {
    if (isClosed) return;
    status.become("retrying");
    timer = setTimeout(attempt, backoff.next());
    timer.unref();
  }

  function attempt(): void {
    status.count("attempts");
    const own = connect(url, {
      ...options,
      clientId,
      clean: true,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_MS,
      // Attempts are made here: the library's own come at one interval, and not at all after wrong credentials.
      reconnectPeriod: 0,
      queueQoSZero: false,
      will: { ...will, qos: 1, retain: true, payload: Buffer.from(will.payload) },
    });
    client = own;
    own.on("connect", () => {
      own.subscribe([...filters], { qos: 1 }, (error) => {
        if (error !== null) status.wrong("errors", error);
      });
      backoff.reset();
      status.become("working");
      status.count("connected");
      onConnected();
    });
    own.on("error", (error) => {
      // Node gathers the errors of several addresses into one without a text.
      const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
      status.wrong("errors", first);
    });
    own.on("message", (topic, payload, { retain }) => {
      if (retain) {
        // Somebody's wish of long ago, which the broker would repeat at every connection.
        status.wrong("refused", `a retained message on ${topic.slice(0, 120)}: wishes have to be published without it`);
      } else if (payload.length > MAX_PAYLOAD_BYTES) {
        status.wrong("refused", `a message of ${payload.length} bytes on ${topic.slice(0, 120)}`);
      } else onMessage(topic, payload.toString("utf8"));
    });
    own.once("close", () => {
      // Whatever was not acknowledged is told anew after the next connection.
      own.end(true);
      again();
    });
  }

  attempt();
  return {
    isConnected: () => client?.connected ?? false,
    async publish(messages) {
      const own = client;
      if (own === undefined || !own.connected) throw new Error("the broker is away");
      // A client that is ended forgets what was under way, without a word.
      let gone = (): void => undefined;
      const lost = new Promise<never>((_, reject) => {
        gone = () => reject(new Error("the connection was lost"));
        own.once("close", gone);
      });
      try {
        await Promise.race([lost, Promise.all(messages.map(({ topic, payload }) => own.publishAsync(topic, payload, { qos: 1, retain: true })))]);
      } finally {
        own.off("close", gone);
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      if (client === undefined) return;
      const own = client;
      if (own.connected) {
        const goodbye = this.publish([will]).catch(() => undefined);
        const patience = new Promise<void>((resolve) => void setTimeout(resolve, 500).unref());
        await Promise.race([goodbye, patience]);
      }
      await new Promise<void>((resolve) => void own.end(true, () => resolve()));
    },
  };
}
