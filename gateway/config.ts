/**
 * A gateway's settings: `gateway.json` in its data folder. No secret is in it.
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { readIfThere, replaceFile } from "#chain/files.ts";
import { policySettings } from "#gateway/api/schemas/commands.ts";
import { integrationSettings } from "#gateway/integrations/settings.ts";

const port = z.int().min(0).max(65535);
const endpoint = z.strictObject({ host: z.string(), port });

export const gatewayConfigSchema = z.strictObject({
  version: z.literal(1),
  node: z.strictObject({
    /** The node's number in the community's MeterRegistry. */
    id: z.int().min(1),
    name: z.string().min(1).max(64),
    role: z.enum(["consumer", "producer"]),
  }),
  http: endpoint.extend({
    /** This machine's own address in the LAN, at which the gateway is reached beside the loopback. */
    lan: z.strictObject({ host: z.string() }).optional(),
    /** Names under which it is reached: of this machine in the LAN, or of a reverse proxy. */
    names: z.array(z.string().min(1).max(255)).max(16).optional(),
    /** PEM files; relative to the data folder. */
    tls: z.strictObject({ certPath: z.string().min(1), keyPath: z.string().min(1) }).optional(),
    /** A reverse proxy on this machine tells who asks, by X-Forwarded-For and X-Forwarded-Proto. */
    trustProxy: z.boolean().optional(),
  }),
  /** `accounts` (default): nothing without a log-in. `demo`: anybody who reaches it may look, and changes take a log-in. */
  access: z.strictObject({ mode: z.enum(["accounts", "demo"]) }).optional(),
  coap: endpoint,
  chain: z.strictObject({
    rpcUrl: z.url(),
    /** The community's record of its contracts; relative to the data folder. */
    deploymentPath: z.string().min(1),
    /** Blocks, its own included, until a transaction counts as final; by the chain's engine. */
    finalityDepth: z.int().min(1),
  }),
  /** Settlement interval in ms; the contract's `slotSeconds` must say the same. */
  slotMs: z.int().min(1000),
  /** What its boards are set to, until the store knows better: as they were admitted, and as they took commands since. */
  boards: z.array(
    z.strictObject({
      boardId: z.string().regex(/^[0-9a-f]{12}$/),
      readingMs: z.int().min(1),
      policy: policySettings,
    }),
  ),
  /** Other systems in the house; each that is left out is off. */
  integrations: integrationSettings.optional(),
  /** Only in a demo that runs faster than real time. */
  clock: z.strictObject({ realOriginMs: z.number(), utcOriginMs: z.number(), speed: z.number().positive() }).optional(),
});

export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

const FILE = "gateway.json";

/**
 * Reads and checks a data folder's settings.
 * @throws with the file, the field and what was expected; and with the next step where there is no such file.
 */
export async function readGatewayConfig(dataDir: string): Promise<GatewayConfig> {
  const path = join(dataDir, FILE);
  const text = await readIfThere(path);
  if (text === null) throw new Error(`There is no ${path}. Start the demo once ("npm start"), or name a gateway's folder with --data.`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON. Restore it from a backup, or set the gateway up again.`, { cause });
  }
  const checked = gatewayConfigSchema.safeParse(json);
  if (!checked.success) throw new Error(`${path}: ${z.prettifyError(checked.error)}`);
  return checked.data;
}

/** Writes the settings in one step: a power cut leaves the old file or the new one. */
export async function writeGatewayConfig(dataDir: string, config: GatewayConfig): Promise<void> {
  await replaceFile(join(dataDir, FILE), `${JSON.stringify(gatewayConfigSchema.parse(config), null, 2)}\n`);
}
