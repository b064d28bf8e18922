import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { simple } from "acorn-walk";
import { transformSync } from "esbuild";
import { texts } from "#gateway/web/app/texts.ts";

const APP = fileURLToPath(new URL("../../../gateway/web/app/", import.meta.url));
/** Attributes of elements that people read or hear. */
const READ = ["children", "title", "label", "placeholder", "alt", "aria-label", "caption", "message", "help"];
/** The project's own name is the same in every language. */
const NAMES = ["DAISEE"];

/** Texts that a component holds itself: literals with a word in them, in a place that is read. */
function literalsIn(path: string): string[] {
  const { code } = transformSync(readFileSync(path, "utf8"), { loader: "tsx", jsx: "automatic", jsxImportSource: "preact" });
  const found: string[] = [];
  simple(parse(code, { ecmaVersion: "latest", sourceType: "module" }), {
    Property({ key, value }) {
      const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : "";
      if (!READ.includes(name)) return;
      const values = value.type === "ArrayExpression" ? value.elements : [value];
      for (const one of values) {
        if (one?.type !== "Literal" || typeof one.value !== "string") continue;
        if (/\p{L}{2}/u.test(one.value) && !NAMES.includes(one.value)) found.push(one.value);
      }
    },
  });
  return found;
}

describe("the texts of the dashboard", () => {
  it("are all in one place: no component has words of its own", () => {
    const files = readdirSync(APP, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));
    assert.ok(files.length > 50);
    assert.deepEqual(files.flatMap((name) => literalsIn(APP + name).map((literal) => `${name}: ${literal}`)), []);
  });

  it("name the language that numbers and dates are written in", () => {
    assert.deepEqual(Intl.NumberFormat.supportedLocalesOf(texts.common.locale), [texts.common.locale]);
    const page = readFileSync(`${APP}index.html`, "utf8");
    assert.match(page, new RegExp(`<html lang="${texts.common.locale.slice(0, 2)}">`));
  });
});
