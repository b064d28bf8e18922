/**
 * `daisee board policy`: changes the limits at which a board switches.
 * @module
 */
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import type { PolicySettings } from "#firmware/wire/commands.ts";
import { integerOption } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { BOARD_ARGUMENTS, openBoard, tellCommand, WAIT_ARGUMENT } from "./board-options.ts";

/** Options in units that people use; limits are in those of the wire. */
const LIMITS = {
  low: { limit: "lowPermille", factor: 10, max: 100, unit: "%", description: "Consumer: go to the bus at or below this charge" },
  high: { limit: "highPermille", factor: 10, max: 100, unit: "%", description: "Consumer: back to the own battery at or above this charge" },
  reserve: { limit: "reservePermille", factor: 10, max: 100, unit: "%", description: "Never draw the battery below this charge" },
  giveAbove: { limit: "giveAbovePermille", factor: 10, max: 100, unit: "%", description: "Producer: give at or above this charge" },
  minOn: { limit: "minOnMs", factor: 1000, max: 86_400, unit: "s", description: "Shortest stay with a source" },
  minOff: { limit: "minOffMs", factor: 1000, max: 86_400, unit: "s", description: "Shortest time without one" },
  trip: { limit: "tripMa", factor: 1000, max: 200, unit: "A", description: "A current above this opens all relays" },
  lockout: { limit: "lockoutMs", factor: 1000, max: 86_400, unit: "s", description: "First lock-out after a trip" },
} as const satisfies Record<string, { limit: keyof PolicySettings; factor: number; max: number; unit: string; description: string }>;

const option = (name: keyof typeof LIMITS) => ({ type: "string", description: LIMITS[name].description, valueHint: LIMITS[name].unit }) as const;

export const boardPolicy = defineCommand({
  meta: { name: "board policy", description: "Change the limits at which a board switches. Example: daisee board policy kitchen --low 25 --high 40" },
  args: {
    ...BOARD_ARGUMENTS,
    ...WAIT_ARGUMENT,
    low: option("low"),
    high: option("high"),
    reserve: option("reserve"),
    giveAbove: option("giveAbove"),
    minOn: option("minOn"),
    minOff: option("minOff"),
    trip: option("trip"),
    lockout: option("lockout"),
  },
  async run({ args }) {
    const changes: Partial<PolicySettings> = {};
    // The keys of LIMITS are options of this command.
    for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
      const given = args[name];
      const { factor, limit, max } = LIMITS[name];
      if (given !== undefined) changes[limit] = integerOption(name, given, 0, max) * factor;
    }
    if (Object.keys(changes).length === 0) throw new UsageError(`nothing to change: give ${Object.keys(LIMITS).map((name) => `--${name}`).join(", ")}. "daisee board settings" shows what is.`);
    const { client, board } = await openBoard(args);
    const param = { boardId: board.boardId };
    const before = await client.boards[":boardId"].policy.$get({ param });
    const { policy } = await bodyOf(before);
    if (policy === null) throw new Error(`the gateway does not know ${board.name}'s limits yet: set all of them in the dashboard once`);
    const etag = before.headers.get("etag") ?? "*";
    const queued = await bodyOf(client.boards[":boardId"].policy.$put({ param, json: { ...policy, ...changes } }, { headers: { "If-Match": etag } }));
    await tellCommand(client, queued, board, args, "has the new limits.");
  },
});
