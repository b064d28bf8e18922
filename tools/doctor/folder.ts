/**
 * The gateway's data folder: whether its files are there, whole, and for nobody else's eyes.
 * @module
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readGatewayConfig } from "#gateway/config.ts";
import type { GatewayConfig } from "#gateway/config.ts";
import { ok, problem, skipped } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Files with secrets, and what helps when one is missing. */
const SECRETS = [
  { name: "keystore.json", isNeeded: true },
  { name: "boards.key", isNeeded: false },
  { name: "password", isNeeded: false },
  { name: "store.sqlite", isNeeded: false },
];

export async function checkPermissions(dataDir: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const folder = await stat(dataDir).catch(() => null);
  if (folder === null) return [problem("folder", `there is no ${dataDir}`, 'run "daisee setup", or name the folder with --data')];
  if ((folder.mode & 0o077) !== 0) findings.push(problem("permissions", `${dataDir} can be entered by others`, `run "chmod 700 ${dataDir}"`));
  for (const { isNeeded, name } of SECRETS) {
    const path = join(dataDir, name);
    const file = await stat(path).catch(() => null);
    if (file === null) {
      if (isNeeded) findings.push(problem("folder", `there is no ${path}`, "restore it from a backup, or set the gateway up anew"));
    } else if ((file.mode & 0o077) !== 0) findings.push(problem("permissions", `${path} can be read by others`, `run "chmod 600 ${path}"`));
  }
  return findings.length > 0 ? findings : [ok("permissions", "only the owner can read the gateway's files")];
}

/** The settings, when they are right. */
export async function checkConfig(dataDir: string): Promise<{ config: GatewayConfig | null; finding: Finding }> {
  try {
    const config = await readGatewayConfig(dataDir);
    return { config, finding: ok("settings", `${config.node.name}, node ${config.node.id}, slots of ${config.slotMs / 1000} s`) };
  } catch (error) {
    return { config: null, finding: problem("settings", error instanceof Error ? error.message : String(error), "mend gateway.json, or restore it from a backup") };
  }
}

/** Who can reach the gateway. */
export function checkBinding({ access, http }: GatewayConfig): Finding {
  const isLoopback = http.host === "127.0.0.1" || http.host === "::1" || http.host === "localhost";
  const reach = isLoopback && http.lan === undefined ? "this machine" : `the LAN (${http.lan?.host ?? http.host})`;
  if (access?.mode === "demo" && !(isLoopback && http.lan === undefined)) {
    return problem("reach", "demo mode lets anybody in the LAN look", 'set access.mode to "accounts" in gateway.json');
  }
  if (!isLoopback && http.tls === undefined && http.trustProxy !== true) return skipped("reach", `${reach}, without TLS`, "give it a certificate (http.tls), or put a reverse proxy before it");
  return ok("reach", `from ${reach}`);
}
