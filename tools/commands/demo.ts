/**
 * `daisee demo` (`npm start`): the village, told in plain words until Ctrl-C.
 * @module
 */
import { resolve } from "node:path";
import { defineCommand } from "citty";
import { geth } from "#chain/engines/geth.ts";
import { findProgram } from "#chain/node/program.ts";
import { COMMON_ARGUMENTS, integerOption, numberOption } from "../arguments.ts";
import { untilStopped } from "../signals.ts";
import { tellStory } from "../village/story.ts";
import { startVillage } from "../village/village.ts";

/** Time within which a signal to the group reaches all of it. */
const SIGNAL_DELAY_MS = 300;

/** Ends the process at once: the second Ctrl-C of somebody who does not want to wait. */
function endAtOnce(): void {
  console.error("Stopped at once. What was not saved is put right at the next start.");
  process.exit(130);
}

export const demo = defineCommand({
  meta: { name: "demo", description: "Start a village of two homes on this machine. Examples: daisee demo --fresh; daisee demo --speed 20" },
  args: {
    fresh: { type: "boolean", description: "Begin anew: delete what an earlier demo kept", default: false },
    speed: { type: "string", description: "How many times faster than real time, 1 to 100", valueHint: "times", default: "1" },
    port: { type: "string", description: "Port of the first home's dashboard; the second one's is the next", valueHint: "port", default: "8470" },
    chainPort: { type: "string", description: "Port of the chain; with three validators, of the first one", valueHint: "port", default: "9545" },
    data: { type: "string", description: "Folder for everything that the village keeps", valueHint: "folder", default: ".daisee" },
    seed: { type: "string", description: "Of the weather, the loads and the sensors' noise", valueHint: "number", default: "2017" },
    json: { type: "boolean", description: "Print each step as a line of JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const startedMs = performance.now();
    const print = (text: string): void => {
      if (!args.json) console.log(text);
    };
    const say = (text: string): void => {
      const seconds = (performance.now() - startedMs) / 1000;
      console.log(args.json ? JSON.stringify({ seconds, text }) : `${seconds.toFixed(1).padStart(6)} s  ${text}`);
    };
    print("DAISEE: a village of two neighbours who share energy.\n");
    let crash: Error | undefined;
    const stopping = new AbortController();
    // From the start: a village that is stopped half-way must not leave its first processes behind.
    void untilStopped().then(() => stopping.abort());
    const ended = new Promise((end) => stopping.signal.addEventListener("abort", end, { once: true }));
    const onCrash = (error: Error): void => {
      // Whoever stops a whole process group (systemd, timeout) stops the children too; then the signal is here in a moment.
      setTimeout(() => {
        if (stopping.signal.aborted) return;
        crash = error;
        stopping.abort();
      }, SIGNAL_DELAY_MS);
    };
    const village = await startVillage({
      path: resolve(args.data),
      fresh: args.fresh,
      speed: numberOption("speed", args.speed, 1, 100),
      httpPort: integerOption("port", args.port, 1024, 65_534),
      chainPort: integerOption("chain-port", args.chainPort, 1024, 65_533),
      geth: await findProgram(geth),
      seed: integerOption("seed", args.seed, 0, 0xffffffff),
      onStep: (step) => say(`✔ ${step}`),
      onWarning: (warning) => say(`! ${warning}`),
      onCrash,
    });
    if (args.json) console.log(JSON.stringify({ dashboards: village.homes.map(({ plan, dashboard }) => ({ name: plan.name, dashboard })) }));
    print(`\n  Dashboards: ${village.homes.map(({ plan, dashboard }) => `${plan.name} ${dashboard}`).join("   ")}\n  Ctrl-C stops everything.\n`);
    const stories = village.homes.map((home) => tellStory(home, say, stopping.signal));
    await ended;
    process.once("SIGINT", endAtOnce);
    print("\nStopping the boards, the gateways and the chain …");
    await Promise.all([village.stop(), ...stories]);
    if (crash !== undefined) throw crash;
    print("Stopped. `npm start` goes on from here.");
  },
});
