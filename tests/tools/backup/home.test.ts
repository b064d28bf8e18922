/**
 * @module
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGatewayConfig } from "#gateway/config.ts";
import { gatewayPaths } from "#gateway/setup.ts";
import { openSqliteStore } from "#gateway/store/sqlite/open.ts";
import { BOARD_A, admitted, received } from "#tests/gateway/store/samples.ts";
import { backUpHome, restoreHome } from "#tools/backup/home.ts";

const NOW = Date.UTC(2027, 0, 1);
/** scrypt as cheap as it gets. */
const cost = 2;
const PASSWORD = "correct horse battery staple";

describe("a gateway's backup", () => {
  let folder = "";
  let dataDir = "";
  let path = "";
  const boardsKey = randomBytes(32);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-home-"));
    dataDir = join(folder, "home", "gateway");
    path = join(folder, "home.daisee");
    const paths = gatewayPaths(dataDir);
    await mkdir(dataDir, { recursive: true });
    await mkdir(join(folder, "home", "chain"));
    await writeGatewayConfig(dataDir, {
      version: 1,
      node: { id: 7, name: "Home 7", role: "producer" },
      http: { host: "127.0.0.1", port: 0 },
      coap: { host: "127.0.0.1", port: 0 },
      chain: { rpcUrl: "http://127.0.0.1:9545", deploymentPath: "../chain/deployment.json", finalityDepth: 3 },
      slotMs: 900_000,
      boards: [],
    });
    await writeFile(join(folder, "home", "chain", "deployment.json"), '{"contracts":1}');
    await writeFile(paths.keystore.path, '{"version":3}', { mode: 0o600 });
    await writeFile(paths.keystore.passwordPath, `${PASSWORD}\n`, { mode: 0o600 });
    await writeFile(paths.boardsKey, boardsKey, { mode: 0o600 });
    const store = await openSqliteStore(paths.store);
    await store.admitBoard(admitted(BOARD_A));
    await store.commitFrames([received()]);
    await store.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const elsewhere = () => join(folder, "elsewhere", "gateway");
  async function passwordFile(password: string): Promise<string> {
    const file = join(folder, "password-of-the-backup");
    await rm(file, { force: true });
    await writeFile(file, password, { mode: 0o600 });
    return file;
  }
  /** Every file below a folder, by its path there. */
  async function contents(of: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const entry of await readdir(of, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      found.set(file.slice(of.length + 1), `${((await stat(file)).mode & 0o777).toString(8)} ${(await readFile(file)).toString("base64")}`);
    }
    return found;
  }

  it("restores on another machine to the same settings, keystore, boards' key and deployment record", async () => {
    const { missing, manifest } = await backUpHome({ dataDir, path, cost, nowUtcMs: NOW });
    assert.deepEqual(missing, []);
    assert.equal(manifest.node, "Home 7");
    await restoreHome({ dataDir: elsewhere(), path, cost, nowUtcMs: NOW, force: false, passwordPath: await passwordFile(PASSWORD) });
    const before = await contents(join(folder, "home"));
    const after = await contents(join(folder, "elsewhere"));
    before.delete("gateway/password");
    for (const all of [before, after]) all.delete("gateway/store.sqlite");
    assert.deepEqual(after, before);
    const store = await openSqliteStore(gatewayPaths(elsewhere()).store);
    assert.deepEqual(await store.boards(), [admitted(BOARD_A)]);
    assert.equal((await store.readings({ limit: 9 })).length, 1);
    await store.close();
  });

  it("has neither the password nor the boards' key in it, and is for its owner's eyes only", async () => {
    await backUpHome({ dataDir, path, cost, nowUtcMs: NOW });
    const bytes = await readFile(path);
    assert.equal(bytes.includes(boardsKey), false);
    assert.equal(bytes.includes(PASSWORD), false);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("is refused with another password, or none, and nothing is changed", async () => {
    await backUpHome({ dataDir, path, cost, nowUtcMs: NOW });
    const wrong = { dataDir: elsewhere(), path, cost, nowUtcMs: NOW, force: false };
    await assert.rejects(restoreHome({ ...wrong, passwordPath: await passwordFile("another") }), /password does not open the boards' key/);
    await assert.rejects(restoreHome(wrong), /No password file/);
    assert.deepEqual(await readdir(elsewhere()), []);
  });

  it("replaces nothing without force, and with it moves what was there aside, its log too", async () => {
    await backUpHome({ dataDir, path, cost, nowUtcMs: NOW });
    const store = await openSqliteStore(gatewayPaths(dataDir).store);
    await store.commitFrames([received({ sequence: 2 })]);
    await assert.rejects(restoreHome({ dataDir, path, cost, nowUtcMs: NOW, force: true }), /a gateway has .* open; stop it first/);
    await store.close();
    const before = await contents(join(folder, "home"));
    await assert.rejects(restoreHome({ dataDir, path, cost, nowUtcMs: NOW, force: false }), /is there already.*--force/);
    assert.deepEqual([...(await contents(join(folder, "home"))).keys()], [...before.keys()]);
    const { movedTo } = await restoreHome({ dataDir, path, cost, nowUtcMs: NOW, force: true });
    const old = await openSqliteStore(join(movedTo ?? assert.fail(), "store.sqlite"));
    assert.equal((await old.readings({ limit: 9 })).length, 2);
    await old.close();
    const restored = await openSqliteStore(gatewayPaths(dataDir).store);
    assert.equal((await restored.readings({ limit: 9 })).length, 1);
    await restored.close();
    assert.equal((await readFile(join(dataDir, "password"), "utf8")).trim(), PASSWORD);
  });

  it("says what it does not have", async () => {
    await rm(gatewayPaths(dataDir).boardsKey);
    await rm(join(folder, "home", "chain", "deployment.json"));
    const { missing, manifest } = await backUpHome({ dataDir, path, cost, nowUtcMs: NOW });
    assert.match(missing.join("\n"), /deployment record[^]*boards' key.*keep the credential/);
    assert.deepEqual(
      manifest.files.map(({ name }) => name),
      ["gateway.json", "keystore.json"],
    );
  });
});
