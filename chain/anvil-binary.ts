/**
 * Where npm put the anvil binary of this machine.
 * @module
 */
import { createRequire } from "node:module";
import { arch, platform } from "node:process";

const require = createRequire(import.meta.url);

/** How anvil's npm packages name what Node calls x64. */
const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/**
 * Path of the anvil binary itself. The npm package's `anvil` command is a wrapper, and killing a wrapper leaves an orphan.
 * @throws Error when npm has none for this machine
 */
export function anvilBinary(): string {
  const target = `${platform}-${ARCHITECTURES[arch] ?? arch}`;
  const extension = platform === "win32" ? ".exe" : "";
  try {
    return require.resolve(`@foundry-rs/anvil-${target}/bin/anvil${extension}`);
  } catch (cause) {
    throw new Error(`there is no anvil for ${target}; run "npm ci" without --omit=optional, or use another chain`, { cause });
  }
}
