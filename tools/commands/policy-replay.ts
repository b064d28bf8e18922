/**
 * `daisee policy replay`: the board's own policy on recorded data.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { defineCommand } from "citty";
import { COMMON_ARGUMENTS, integerOption, numberOption } from "../arguments.ts";
import { findBoard } from "../board/find.ts";
import { UsageError } from "../errors.ts";
import { connectGateway, GATEWAY_ARGUMENT } from "../gateway/connect.ts";
import { svgChart, terminalChart } from "../replay/chart.ts";
import type { NamedReplay } from "../replay/chart.ts";
import { readPolicy } from "../replay/policy-file.ts";
import { readHistory } from "../replay/history.ts";
import { parseRecording } from "../replay/recording.ts";
import type { Sample } from "../replay/recording.ts";
import { replay } from "../replay/replay.ts";
import type { Replay } from "../replay/replay.ts";

const hours = (ms: number): string => `${(ms / 3_600_000).toFixed(1)} h`;
const kwh = (mwh: number): string => `${(mwh / 1e6).toFixed(3)} kWh`;

function summary({ switches, loadMwh, fromOwnMwh, fromBusMwh, givenMwh, unservedMwh, unusedMwh, gapMs }: Replay): string {
  const parts = [
    `${switches.length} switches`,
    `load ${kwh(loadMwh)}: own ${kwh(fromOwnMwh)}, bus ${kwh(fromBusMwh)}, without supply ${kwh(unservedMwh)}`,
    `given ${kwh(givenMwh)}`,
    `sun unused ${kwh(unusedMwh)}`,
  ];
  if (gapMs > 0) parts.push(`gaps ${hours(gapMs)}, not counted`);
  return parts.join("; ");
}

async function readRecording(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw new Error(`there is no ${path}; without a file, the gateway's history is taken`, { cause });
  });
}

async function historyOf(args: { gateway: string; board?: string | undefined; days: string; json: boolean }): Promise<Sample[]> {
  const client = await connectGateway(args.gateway);
  const days = integerOption("days", args.days, 1, 366);
  return readHistory(client, await findBoard(client, args.board), days, (day) => {
    if (!args.json && process.stderr.isTTY) process.stderr.write(`\rreading day ${day} of ${days}${day === days ? "\n" : ""}`);
  });
}

export const policyReplay = defineCommand({
  meta: {
    name: "policy replay",
    description: "Run the board's policy on recorded data. Examples: daisee policy replay week.csv --policy mine.json --compare theirs.json --svg week.svg; daisee policy replay --board kitchen --days 7 --policy mine.json",
  },
  args: {
    recording: { type: "positional", description: "CSV file with time, load_w, and where known generation_w and bus_v; without it, the gateway's history", required: false },
    ...GATEWAY_ARGUMENT,
    board: { type: "string", description: "Whose history, by id or name; not needed when there is one board" },
    days: { type: "string", description: "How much of the gateway's history", valueHint: "days", default: "7" },
    policy: { type: "string", description: "JSON file with the limits that differ from the defaults", valueHint: "file", required: true },
    compare: { type: "string", description: "A second policy, for comparison", valueHint: "file" },
    role: { type: "string", description: "consumer or producer", default: "consumer" },
    capacity: { type: "string", description: "Battery's capacity in Wh", valueHint: "Wh", default: "1200" },
    voltage: { type: "string", description: "Battery's nominal voltage in V", valueHint: "V", default: "12" },
    start: { type: "string", description: "Charge at the beginning in %", valueHint: "%", default: "50" },
    efficiency: { type: "string", description: "Part of what flows into the battery that comes out again, in %", valueHint: "%", default: "90" },
    give: { type: "string", description: "What a producer gives to the bus, in W", valueHint: "W", default: "60" },
    gap: { type: "string", description: "A hole in the recording longer than this is not counted, in s", valueHint: "s", default: "900" },
    svg: { type: "string", description: "Write a chart to this file", valueHint: "file" },
    json: { type: "boolean", description: "Print the results as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    if (args.role !== "consumer" && args.role !== "producer") throw new UsageError(`--role takes consumer or producer, not "${args.role}".`);
    const { role } = args;
    const samples = args.recording === undefined ? await historyOf(args) : parseRecording(await readRecording(args.recording));
    const files = args.compare === undefined ? [args.policy] : [args.policy, args.compare];
    const replays: NamedReplay[] = [];
    for (const file of files) {
      const policy = await readPolicy(file);
      const result = replay(samples, {
        role,
        policy,
        capacityMwh: Math.round(numberOption("capacity", args.capacity, 1, 1e6) * 1000),
        nominalMv: Math.round(numberOption("voltage", args.voltage, 5, 60) * 1000),
        startPermille: Math.round(numberOption("start", args.start, 0, 100) * 10),
        chargeEfficiency: numberOption("efficiency", args.efficiency, 10, 100) / 100,
        giveMw: Math.round(numberOption("give", args.give, 0, 1e5) * 1000),
        gapMs: integerOption("gap", args.gap, 1, 86_400) * 1000,
        stepMs: 1000,
      });
      const limits = role === "consumer" ? [policy.lowPermille, policy.highPermille] : [policy.reservePermille, policy.giveAbovePermille];
      replays.push({ name: basename(file), replay: result, limits });
    }
    if (args.svg !== undefined) await writeFile(args.svg, svgChart(replays, samples));
    if (args.json) {
      console.log(JSON.stringify(replays.map(({ name, replay: { chargePermille: _charge, source: _source, ...figures } }) => ({ policy: name, ...figures })), null, 2));
      return;
    }
    for (const one of replays) {
      console.log(`${one.name}: ${summary(one.replay)}`);
      console.log(terminalChart(one, Math.max(20, (process.stdout.columns ?? 80) - 8)));
    }
    console.log("o own battery, B neighbours' bus, k keep, G give, ! without supply");
    if (args.svg !== undefined) console.log(`Chart: ${args.svg}`);
  },
});
