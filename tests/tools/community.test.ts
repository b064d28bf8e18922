/** `daisee community` as it is typed: admitting is in bare-board.test.ts, this is what comes after, and what is refused. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id, Wallet } from "ethers";
import { encryptKey } from "#chain/keystore.ts";
import { startAnvil } from "#chain/anvil.ts";
import type { Anvil } from "#chain/anvil.ts";
import type { RegisteredHome } from "#tools/community/registry.ts";
import { answer, done } from "./home.ts";
import { daisee } from "./in-process.ts";

const addressOf = (name: string): string => new Wallet(id(name)).address;
const [OLD, NEW] = ["24a160aabbcc", "24a160ddeeff"];

describe("daisee community", function () {
  let folder: string;
  let anvil: Anvil;
  let options: string[];
  let passwordFile: string;
  const at = (name: string): string => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daisee-community-test-"));
    anvil = await startAnvil({ port: 0 });
    passwordFile = at("password");
    await writeFile(passwordFile, "correct horse\n", { mode: 0o600 });
    await writeFile(at("community.keystore.json"), await encryptKey(new Wallet(id("community")), "correct horse", { scryptN: 2 }));
    options = ["--rpc", anvil.rpcUrl, "--deployment", at("community.json"), "--keystore", at("community.keystore.json"), "--password-file", passwordFile];
    await done("community", "found", ...options);
  });
  after(async () => {
    await anvil.stop();
    await rm(folder, { recursive: true });
  });

  /** A home with a meter on its battery and one on the bus; each call makes another. */
  let homes = 0;
  async function admitted(boardId: string | undefined): Promise<number> {
    homes += 1;
    const meters = ["battery", "bus"].map((kind, meter) => ({ boardId, meter, kind, ratedPowerW: 240 }));
    await writeFile(at("home.json"), JSON.stringify({ version: 1, name: "Miller", gatewayKey: addressOf(`gateway ${homes}`), meters }));
    return (await answer<{ node: number }>("community", "admit", at("home.json"), ...options)).node;
  }
  const homeOf = async (node: number) => (await answer<RegisteredHome[]>("community", "list", ...options.slice(0, 4))).find((home) => home.node === node);

  it("is founded once: again, it changes nothing; without a chain, it makes no key", async () => {
    const record = await readFile(at("community.json"), "utf8");
    const { community } = await answer<{ community: string }>("community", "found", ...options);
    assert.equal(community, addressOf("community"));
    assert.equal(await readFile(at("community.json"), "utf8"), record);
    const away = await daisee("community", "found", "--rpc", "http://127.0.0.1:9", "--keystore", at("new.json"), "--deployment", at("x.json"), "--password-file", passwordFile);
    assert.match(away.stderr, /no chain answers at http:\/\/127\.0\.0\.1:9: start its node with "daisee chain start"/);
    assert.ok(!existsSync(at("new.json")));
    const other = await daisee("community", "found", ...options, "--keystore", at("new.json"));
    assert.match(other.stderr, /what is deployed cannot change/);
    assert.equal((await stat(at("new.json"))).mode & 0o777, 0o600);
    assert.ok(!(await readFile(at("new.json"), "utf8")).includes("privateKey"));
  });

  it("puts a meter in another's place, retires meters and homes, and replaces a gateway's key; each once", async () => {
    const node = await admitted(OLD);
    const change = async (...words: string[]) => (await answer<{ changed: boolean }>("community", ...words, ...options)).changed;
    assert.equal(await change("replace-meter", `${OLD}-1`, `${NEW}-1`, "--rated", "300"), true);
    assert.equal(await change("replace-meter", `${OLD}-1`, `${NEW}-1`), false);
    assert.equal(await change("retire", `${OLD}-0`), true);
    assert.equal(await change("retire", `${OLD}-0`), false);
    assert.equal(await change("replace-gateway", String(node), addressOf("new card")), true);
    assert.equal(await change("replace-gateway", String(node), addressOf("new card")), false);
    assert.deepEqual([(await homeOf(node))?.gatewayKey, (await homeOf(node))?.active], [addressOf("new card"), true]);

    const asked = await daisee("community", "retire", String(node), ...options);
    assert.deepEqual([asked.code, (await homeOf(node))?.active], [2, true], "a home is not retired in passing");
    assert.equal(await change("retire", String(node), "--yes"), true);
    assert.equal((await homeOf(node))?.active, false);
    assert.match(await done("community", "list", ...options.slice(0, 4)), new RegExp(`node ${node} {2}retired`));
  });

  it("says what is wrong with a key, a file or a name, and changes nothing", async () => {
    const list = (): Promise<string> => done("community", "list", ...options.slice(0, 4));
    const before = await list();
    await writeFile(at("thief.json"), await encryptKey(new Wallet(id("thief")), "correct horse", { scryptN: 2 }));
    await writeFile(at("wrong"), "another\n", { mode: 0o600 });
    await writeFile(at("open"), "correct horse\n", { mode: 0o644 });
    await writeFile(at("bad.json"), JSON.stringify({ version: 1, name: "x", gatewayKey: "0x12", meters: [{ boardId: "kitchen" }] }));
    const home = addressOf("a new gateway");
    const wrong: [string[], RegExp][] = [
      [["admit", home, ...options, "--keystore", at("thief.json")], /is not the community's registrar: name the registrar's keystore with --keystore/],
      [["admit", home, ...options, "--password-file", at("wrong")], /Wrong password for keystore/],
      [["admit", home, ...options, "--password-file", at("open")], /chmod 600/],
      [["admit", home, ...options, "--keystore", at("none.json")], /No keystore/],
      [["admit", home, ...options, "--deployment", at("none.json")], /name the community's deployment record with --deployment/],
      [["admit", at("bad.json"), ...options], /no application of a home.*gatewayKey|no application of a home.*boardId/],
      [["admit", at("password"), ...options], /is not JSON: ask the household for it again/],
      [["admit", "Miller", ...options], /neither an address nor a file/],
      [["retire", "99", "--yes", ...options], /the community has no node 99/],
      [["retire", "02da15ee0001-7", ...options], /the community has no meter 02da15ee0001-7/],
      [["fund", "99", ...options], /the community has no node 99/],
    ];
    for (const [words, message] of wrong) {
      const { code, stderr } = await daisee("community", ...words);
      assert.equal(code, 1, `${words.join(" ")}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
    assert.equal(await list(), before);
  });
});
