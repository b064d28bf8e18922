/**
 * Handlers: what a board is asked to do.
 * @module
 */
import type { Command } from "#firmware/wire/commands.ts";
import { SOURCE } from "#firmware/wire/records.ts";
import type { QueuedCommand } from "#gateway/store/commands.ts";
import type { AdmittedBoard } from "#gateway/store/store.ts";
import type { ApiContext } from "../env.ts";
import { checkMatch } from "../formats/answer.ts";
import type { Mount } from "../mount.ts";
import { available } from "../ports.ts";
import { presentCommand } from "../present.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/commands.ts";
import { DEFAULT_LIMIT } from "../schemas/fields.ts";
import type { SourceName } from "../schemas/records.ts";
import { admittedBoard, missing, policyState } from "./parts.ts";
import type { Parts } from "./parts.ts";

/** What a board can be told to hold, by its role. */
export const ROLE_SOURCES: Record<AdmittedBoard["role"], SourceName[]> = { consumer: ["own", "bus", "off"], producer: ["keep", "give", "off"] };
const IDENTIFY_MS = 10_000;
/** Commands that are looked through for one by its number. */
const MOST_COMMANDS = 1000;

export function mountCommands(mount: Mount, parts: Parts): void {
  const { store } = parts;
  const port = () => available(parts.commands, "way to reach boards");

  /** Queues a command for an admitted board. The queue refuses what no board could be told, and more than it holds. */
  async function queue(c: ApiContext, boardId: string, command: Command, before: unknown = null) {
    await admittedBoard(store, boardId);
    let queued: QueuedCommand;
    try {
      queued = await port().queue(boardId, command, c.get("principal").name);
    } catch (error) {
      if (error instanceof ProblemError || !(error instanceof Error) || !error.message.startsWith("commands: ")) throw error;
      throw new ProblemError(409, `The board cannot be asked that now: ${error.message.slice("commands: ".length)}.`);
    }
    const body = presentCommand(queued);
    return { status: 202 as const, body, audit: { action: `board.${command.kind}`, target: boardId, before, after: body.command } };
  }

  mount.read(routes.commandsRoute, async (c) => {
    const { boardId } = await admittedBoard(store, c.req.valid("param").boardId);
    const { limit = DEFAULT_LIMIT } = c.req.valid("query");
    return { items: (await port().list(boardId, { limit })).map(presentCommand) };
  });

  mount.read(routes.commandRoute, async (c) => {
    const { boardId, commandId } = c.req.valid("param");
    await admittedBoard(store, boardId);
    const found = (await port().list(boardId, { limit: MOST_COMMANDS })).find((one) => one.commandId === commandId);
    if (found === undefined) throw missing(`command ${commandId} among the newest of board ${boardId}`);
    return presentCommand(found);
  });

  mount.change(routes.setPolicyRoute, async (c) => {
    const { boardId } = c.req.valid("param");
    await admittedBoard(store, boardId);
    const before = await policyState(parts, boardId);
    checkMatch(c, before);
    return queue(c, boardId, { kind: "policy", policy: c.req.valid("json") }, before.policy);
  });

  mount.change(routes.overrideRoute, async (c) => {
    const { source, durationMs } = c.req.valid("json");
    const { boardId, role } = await admittedBoard(store, c.req.valid("param").boardId);
    if (!ROLE_SOURCES[role].includes(source)) {
      throw new ProblemError(400, `A ${role}'s board has the sources ${ROLE_SOURCES[role].join(", ")}; ${source} came.`);
    }
    return queue(c, boardId, { kind: "override", source: SOURCE[source], durationMs });
  });

  // A duration of 0 ends an override, whatever its source.
  mount.change(routes.endOverrideRoute, (c) =>
    queue(c, c.req.valid("param").boardId, { kind: "override", source: SOURCE.off, durationMs: 0 }),
  );

  mount.change(routes.identifyRoute, async (c) => {
    const { durationMs = IDENTIFY_MS } = c.req.valid("json");
    return queue(c, c.req.valid("param").boardId, { kind: "identify", durationMs });
  });

  mount.change(routes.askDiagnosticsRoute, (c) => queue(c, c.req.valid("param").boardId, { kind: "diagnostics" }));

  mount.change(routes.rebootRoute, (c) => queue(c, c.req.valid("param").boardId, { kind: "reboot" }));

  mount.change(routes.calibrateRoute, (c) => {
    const { boardId, channel } = c.req.valid("param");
    return queue(c, boardId, { kind: "calibration", channel, calibration: c.req.valid("json") });
  });
}
