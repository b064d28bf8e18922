/**
 * Runs SPICE decks: ngspice where it is installed, its WebAssembly build from npm otherwise.
 * @module
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Simulation } from "eecircuit-engine";

/** Values by vector, such as "v(n_v5)", "time" or "frequency". Of AC analyses, magnitudes. */
export type Vectors = ReadonlyMap<string, readonly number[]>;

/** Simulates a deck. Throws with the simulator's words on a deck that it refuses. */
export type Engine = (deck: string) => Promise<Vectors>;

const run = promisify(execFile);

/** Vectors of an ASCII raw file (ngspice manual, 15.5.3 and appendix B.1). */
function parseRaw(raw: string): Vectors {
  const [head = "", body = ""] = raw.split("Values:\n");
  const names = [...head.matchAll(/^\t\d+\t(\S+)\t/gm)].map(([, name]) => (name ?? "").toLowerCase());
  const vectors = names.map((): number[] => []);
  // A point is its index and then a number, or a pair of them, for each vector.
  const tokens = body.trim().split(/\s+/);
  for (let i = 0; i < tokens.length; i += names.length + 1) {
    vectors.forEach((values, j) => {
      const [real = NaN, imaginary] = (tokens[i + 1 + j] ?? "").split(",").map(Number);
      // ngspice 39 leaves chance in a frequency's imaginary part.
      values.push(imaginary === undefined || names[j] === "frequency" ? real : Math.hypot(real, imaginary));
    });
  }
  return new Map(names.map((name, i) => [name, vectors[i] ?? []]));
}

/** The installed ngspice, or null. */
export function nativeEngine(): Engine | null {
  if (spawnSync("ngspice", ["--version"]).error) return null;
  return async (deck) => {
    const folder = await mkdtemp(join(tmpdir(), "daisee-spice-"));
    try {
      const [input, output] = [join(folder, "deck.cir"), join(folder, "out.raw")];
      await writeFile(input, deck);
      const { stdout, stderr } = await run("ngspice", ["-b", "-r", output, input], { env: { ...process.env, SPICE_ASCIIRAWFILE: "1" } });
      const raw = await readFile(output, "utf8").catch(() => "");
      if (raw === "" || /aborted|singular matrix after/i.test(stdout)) throw new Error(`ngspice: ${stderr || stdout}`);
      return parseRaw(raw);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

let started: Promise<Simulation> | null = null;

async function startWasm(): Promise<Simulation> {
  const simulation = new Simulation();
  await simulation.start();
  return simulation;
}

/** ngspice as WebAssembly: runs everywhere, one deck at a time. */
export const wasmEngine: Engine = async (deck) => {
  const previous = started ?? startWasm();
  const result = previous.then(async (simulation) => {
    simulation.setNetList(deck);
    return { simulation, outcome: await simulation.runSim() };
  });
  // The next deck waits for this one, whatever becomes of it.
  started = result.then(({ simulation }) => simulation).catch(startWasm);
  const { simulation, outcome } = await result;
  const problems = simulation.getError();
  // Where nothing could be simulated, the engine gives its table of constants.
  if (outcome.header.includes("Plotname: constants") || problems.some((line) => line.includes("aborted"))) {
    throw new Error(`eecircuit: ${problems.join("; ")}`);
  }
  const vectors = new Map<string, readonly number[]>();
  for (const { name, values } of outcome.data) {
    vectors.set(
      name.toLowerCase(),
      values.map((value) => {
        if (typeof value === "number") return value;
        return name === "frequency" ? value.real : Math.hypot(value.real, value.img);
      }),
    );
  }
  return vectors;
};

/** ngspice where it is installed, WebAssembly otherwise. */
export function defaultEngine(): Engine {
  return nativeEngine() ?? wasmEngine;
}
