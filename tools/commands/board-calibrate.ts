/**
 * `daisee board calibrate`: walks through two known values of a channel.
 * @module
 */
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import { integerOption, numberOption } from "../arguments.ts";
import { calibrateShown, calibrationInForce, checkSpread, summarise } from "../board/calibration.ts";
import type { Shown } from "../board/calibration.ts";
import { whenDone } from "../board/command.ts";
import { UsageError } from "../errors.ts";
import { askConfirm, askText } from "../prompts.ts";
import { BOARD_ARGUMENTS, openBoard } from "./board-options.ts";

const TIMEOUT_MS = 60_000;

/** Asks for diagnostics `count` times and shows each value as it comes. */
async function measure(client: Client, boardId: string, channel: number, count: number): Promise<Shown> {
  const values: (number | null)[] = [];
  for (let i = 0; i < count; i++) {
    const queued = await bodyOf(client.boards[":boardId"].diagnostics.$post({ param: { boardId } }));
    await whenDone(client, queued, { timeoutMs: TIMEOUT_MS });
    const { channels } = (await bodyOf(client.boards[":boardId"].diagnostics.$get({ param: { boardId } }))) ?? { channels: [] };
    const shown = channels[channel];
    if (shown === undefined) throw new UsageError(`the board has channels 0 to ${channels.length - 1}, not ${channel}. "daisee board diag" lists them.`);
    values.push(shown.value);
    console.error(`  ${i + 1}/${count}: ${shown.value === null ? "implausible" : shown.value} (noise ${shown.noise.toFixed(1)})`);
  }
  return summarise(values);
}

export const boardCalibrate = defineCommand({
  meta: {
    name: "board calibrate",
    description: "Calibrate a channel at zero and at one known load, or at two known voltages. Example: daisee board calibrate kitchen --channel 0",
  },
  args: {
    ...BOARD_ARGUMENTS,
    channel: { type: "string", description: 'Index of the channel, as "daisee board diag" lists it', required: true },
    low: { type: "string", description: "Known value of the first point, in mA or mV", valueHint: "mA|mV", default: "0" },
    high: { type: "string", description: "Known value of the second point; asked for when it is not given", valueHint: "mA|mV" },
    samples: { type: "string", description: "How many values make a point", default: "5" },
  },
  async run({ args }) {
    const channel = integerOption("channel", args.channel, 0, 15);
    const lowKnown = numberOption("low", args.low, -200_000, 200_000);
    const count = integerOption("samples", args.samples, 1, 100);
    const { client, board } = await openBoard(args);
    const param = { boardId: board.boardId };
    const { items } = await bodyOf(client.boards[":boardId"].commands.$get({ param, query: {} }));
    const before = calibrationInForce(items, channel);

    const first = lowKnown === 0 ? "Let no current flow through the channel: disconnect what it measures." : `Put ${lowKnown} on the channel.`;
    if (!(await askConfirm(`${first} Ready?`, "a terminal: this command walks through steps"))) return;
    const low = await measure(client, board.boardId, channel, count);
    const answer = args.high ?? (await askText("Now the known load or voltage. What does your meter show, in mA or mV?", "--high"));
    const highKnown = numberOption("high", answer, -200_000, 200_000);
    if (args.high !== undefined && !(await askConfirm(`Put ${highKnown} on the channel. Ready?`, "a terminal"))) return;
    const high = await measure(client, board.boardId, channel, count);
    checkSpread(low, high);

    const calibration = calibrateShown(before, { shown: low.mean, known: lowKnown }, { shown: high.mean, known: highKnown });
    const json = { gain: calibration.gain, offset: calibration.offset };
    await whenDone(client, await bodyOf(client.boards[":boardId"].calibration[":channel"].$put({ param: { ...param, channel: String(channel) }, json })), { timeoutMs: TIMEOUT_MS });
    const after = await measure(client, board.boardId, channel, count);
    const residual = after.mean - highKnown;
    if (args.json) console.log(JSON.stringify({ boardId: board.boardId, channel, before, calibration, residual, deviation: after.deviation }, null, 2));
    else console.log(`${board.name}, channel ${channel}: gain ${json.gain.toFixed(5)}, offset ${json.offset.toFixed(1)}. Left over at the second point: ${residual.toFixed(1)} (noise ${after.deviation.toFixed(1)}).`);
  },
});
