/**
 * What integrations work with: the same parts as the API, and nothing by which they could hold ingest up.
 * @module
 */
import type { Live } from "#gateway/api/live.ts";
import type { CommandsPort, IngestPort, LedgerPort, NodeDescription } from "#gateway/api/ports.ts";
import type { Transport } from "#gateway/api/env.ts";
import type { KnownSettings } from "#gateway/api/board-settings.ts";
import type { Access } from "#gateway/auth/access.ts";
import type { Clock } from "#gateway/clock.ts";
import type { Store } from "#gateway/store/store.ts";

export interface IntegrationParts {
  store: Store;
  live: Live;
  clock: Clock;
  access: Access;
  commands: CommandsPort;
  ingest: IngestPort;
  ledger: LedgerPort;
  node: NodeDescription;
  settings: KnownSettings;
  transport: Transport;
  /** Folder that the paths in the settings are relative to. */
  dataDir: string;
  log: { warn(details: object, message: string): void };
}
