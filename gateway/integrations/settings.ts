/**
 * Settings of the integrations, `integrations` in `gateway.json`. One that is left out is off. No secret is in them.
 * @module
 */
import { z } from "zod";

const secretPath = z.string().min(1);
const topic = z.string().regex(/^[\w-]+(\/[\w-]+)*$/, "expected a topic without wildcards, such as daisee");

/** Base address; of its path only what comes before `/api` counts. */
const httpUrl = z.url({ protocol: /^https?$/ }).refine((url) => new URL(url).username === "", "expected no name or password in the address");
const brokerUrl = z
  .url({ protocol: /^mqtts?$/ })
  .refine((url) => new URL(url).username === "", "expected no name or password in the address: they go into username and passwordPath");

export const citizenwattSourceSettings = z.strictObject({
  url: httpUrl,
  login: z.string().min(1).max(64),
  /** File of mode 0600 with the password; relative to the data folder. */
  passwordPath: secretPath,
  pollSeconds: z.int().min(1).max(3600).default(30),
  /** How far back it reads a sensor that it does not know yet. */
  backfillHours: z.int().min(0).max(24 * 366).default(24),
});

export const mqttSettings = z.strictObject({
  url: brokerUrl,
  username: z.string().min(1).max(256).optional(),
  /** File of mode 0600 with the password; relative to the data folder. */
  passwordPath: secretPath.optional(),
  /** PEM file of the authority that signed the broker's certificate; relative to the data folder. */
  caPath: z.string().min(1).optional(),
  baseTopic: topic.default("daisee"),
  discoveryPrefix: topic.default("homeassistant"),
  /** Whether the broker's clients may ask boards to hold a source. */
  allowControl: z.boolean().default(false),
  /** For how long they hold it. */
  overrideMinutes: z.int().min(1).max(7 * 24 * 60).default(60),
  publishSeconds: z.number().min(0.1).max(3600).default(5),
});

export const integrationSettings = z.strictObject({
  citizenwattApi: z.strictObject({}).optional(),
  citizenwattSource: citizenwattSourceSettings.optional(),
  mqtt: mqttSettings.optional(),
  /** `public`: anybody who reaches the gateway may read the metrics. */
  prometheus: z.strictObject({ public: z.boolean().default(false) }).optional(),
  csvImport: z.strictObject({}).optional(),
});

/** As they are written, defaults left out. */
export type IntegrationSettings = z.input<typeof integrationSettings>;
export type CitizenwattSourceSettings = z.infer<typeof citizenwattSourceSettings>;
export type MqttSettings = z.infer<typeof mqttSettings>;
