/**
 * A home as `daisee` itself makes one: a chain, a community that is founded on it, a gateway that is set up, admitted, started and logged in to.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startAnvil } from "#chain/anvil.ts";
import { freePorts } from "#chain/ports.ts";
import { encryptKey, unlockKeystore } from "#chain/keystore.ts";
import { readGatewayConfig } from "#gateway/config.ts";
import { startGateway } from "#gateway/main.ts";
import { ensureKeystore, gatewayPaths } from "#gateway/setup.ts";
import { daisee } from "./in-process.ts";

const PASSWORD = "four plain words here";

export interface MadeHome {
  folder: string;
  /** Options of every command of the community. */
  community: string[];
  /** Options of every command to the gateway. */
  gateway: string[];
  coapPort: number;
  /** File of mode 0600. */
  passwordFile: string;
  dataDir: string;
  close(): Promise<void>;
}

/** Runs a command line that must succeed. @returns what it printed. */
export async function done(...words: string[]): Promise<string> {
  const { code, stderr, stdout } = await daisee(...words);
  assert.equal(code, 0, `daisee ${words.join(" ")}: ${stderr}`);
  return stdout;
}

/** The same, of a command that prints JSON. */
export async function answer<T>(...words: string[]): Promise<T> {
  // The cast: what the command prints.
  return JSON.parse(await done(...words, "--json")) as T;
}

/** Makes the home, step by step as its pages say. Slots are of `slotSeconds`. */
export async function makeHome(slotSeconds: number): Promise<MadeHome> {
  const folder = await mkdtemp(join(tmpdir(), "daisee-home-test-"));
  const config = process.env["XDG_CONFIG_HOME"];
  process.env["XDG_CONFIG_HOME"] = join(folder, "config");
  // Blocks come by themselves, as on every community's chain: a slot is committed only once a block is past its end.
  const anvil = await startAnvil({ port: 0, clock: { nowMs: () => Date.now() }, description: { periodSeconds: 1 } });
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  const deployment = join(folder, "community.json");
  const keystore = join(folder, "community.keystore.json");
  const community = ["--rpc", anvil.rpcUrl, "--deployment", deployment, "--keystore", keystore, "--password-file", passwordFile];
  await done("community", "found", ...community, "--slot", String(slotSeconds));
  // The key's own cost would be paid at each command.
  const key = await unlockKeystore(keystore, PASSWORD, passwordFile);
  await writeFile(keystore, await encryptKey(key, PASSWORD, { scryptN: 2 }));

  const dataDir = join(folder, "gateway");
  const { address } = await ensureKeystore(gatewayPaths(dataDir).keystore, { scryptN: 2 });
  const [httpPort = 0, coapPort = 0] = await freePorts(2);
  const setup = ["setup", "--data", dataDir, "--rpc", anvil.rpcUrl, "--deployment", deployment, "--name", "Miller", "--account", "Mira", "--password-file", passwordFile, "--port", String(httpPort), "--coap-port", String(coapPort)];
  assert.match(await done(...setup), new RegExp(`address: ${address}\nNext: give that address to your community`));
  assert.match(await done("community", "admit", address, ...community), /is node 1\n/);
  assert.match(await done(...setup), /Node 1, Miller: it started and answered/);
  assert.equal((await readGatewayConfig(dataDir)).slotMs, slotSeconds * 1000);
  assert.match(await readFile(join(dataDir, "daisee-gateway.service"), "utf8"), /ProtectSystem=strict/);

  const running = await startGateway({ dataDir, log: pino({ level: "silent" }) });
  const gateway = ["--gateway", `http://127.0.0.1:${running.httpPort}`];
  await done("login", ...gateway, "--name", "Mira", "--password-file", passwordFile);
  return {
    folder,
    community,
    gateway,
    coapPort: running.coapPort,
    passwordFile,
    dataDir,
    async close() {
      await running.stop();
      await anvil.stop();
      if (config === undefined) delete process.env["XDG_CONFIG_HOME"];
      else process.env["XDG_CONFIG_HOME"] = config;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
