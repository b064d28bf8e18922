import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id, Wallet } from "ethers";
import { startAnvil } from "#chain/anvil.ts";
import type { Anvil } from "#chain/anvil.ts";
import { encryptKey, openKeystore } from "#chain/keystore.ts";
import { writeGatewayConfig } from "#gateway/config.ts";
import { ensureKeystore, gatewayPaths } from "#gateway/setup.ts";
import type { RegisteredHome } from "#tools/community/registry.ts";
import { answer, done } from "../home.ts";
import { daisee } from "../in-process.ts";

describe("daisee key rotate", function () {
  let folder: string;
  let anvil: Anvil;
  let community: string[];
  const at = (name: string): string => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-key-test-"));
    anvil = await startAnvil({ port: 0 });
    await writeFile(at("password"), "correct horse\n", { mode: 0o600 });
    await writeFile(at("community.keystore.json"), await encryptKey(new Wallet(id("community")), "correct horse", { scryptN: 2 }));
    community = ["--rpc", anvil.rpcUrl, "--deployment", at("community.json"), "--keystore", at("community.keystore.json"), "--password-file", at("password")];
    await done("community", "found", ...community);
    const { address } = await ensureKeystore(gatewayPaths(at("gateway")).keystore, { scryptN: 2 });
    await done("community", "admit", address, ...community);
    await writeGatewayConfig(at("gateway"), {
      version: 1,
      node: { id: 1, name: "Miller", role: "consumer" },
      http: { host: "127.0.0.1", port: 0 },
      coap: { host: "127.0.0.1", port: 0 },
      chain: { rpcUrl: anvil.rpcUrl, deploymentPath: "../community.json", finalityDepth: 1 },
      slotMs: 900_000,
      boards: [],
    });
  });
  after(async () => {
    await anvil.stop();
    await rm(folder, { recursive: true });
  });

  const keyOf = async () => (await openKeystore(gatewayPaths(at("gateway")).keystore)).address;
  const registered = async () => (await answer<RegisteredHome[]>("community", "list", ...community.slice(0, 4)))[0]?.gatewayKey;

  it("makes a new key under the password that is kept, and says what the community has to do", async () => {
    const old = await keyOf();
    const said = await done("key", "rotate", "--data", at("gateway"));
    const fresh = await keyOf();
    assert.notEqual(fresh, old);
    assert.match(said, new RegExp(`new address: ${fresh}.*${old}`));
    assert.match(said, new RegExp(`daisee community replace-gateway 1 ${fresh}`));
    assert.equal(await registered(), old);
    assert.ok((await readdir(at("gateway"))).includes(`keystore-${old.toLowerCase()}.json`));
  });

  it("names the new key in the registry where the community's key is at hand", async () => {
    const said = await done("key", "rotate", "--data", at("gateway"), "--keystore", at("community.keystore.json"), "--keystore-password-file", at("password"));
    assert.equal(await registered(), await keyOf());
    assert.match(said, /names it for node 1/);
  });

  it("changes nothing for whoever cannot open the key, and asks nobody who is not there", async () => {
    const before = await keyOf();
    const { passwordPath } = gatewayPaths(at("gateway")).keystore;
    await chmod(passwordPath, 0o644);
    assert.match((await daisee("key", "rotate", "--data", at("gateway"))).stderr, /chmod 600/);
    await chmod(passwordPath, 0o600);
    assert.match((await daisee("key", "rotate", "--data", at("gateway"), "--password-file", at("none"))).stderr, /nobody to ask: give --password-file/);
    assert.match((await daisee("key", "rotate", "--data", at("nowhere"))).stderr, /There is no .*gateway\.json/);
    assert.equal(await keyOf(), before);
  });
});
