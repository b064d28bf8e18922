/**
 * Handlers: boards and their meters.
 * @module
 */
import type { AdmittedBoard } from "#gateway/store/store.ts";
import { checkMatch } from "../formats/answer.ts";
import type { Mount } from "../mount.ts";
import { available } from "../ports.ts";
import { presentBoard, presentCommand, presentDiagnostics, presentMeter } from "../present.ts";
import { ProblemError } from "../problem.ts";
import * as routes from "../routes/boards.ts";
import type { BoardChange } from "../schemas/boards.ts";
import { admittedBoard, openCommands, policyState } from "./parts.ts";
import type { Parts } from "./parts.ts";

const descriptionOf = ({ name, meters }: AdmittedBoard): BoardChange => ({ name, meters });

export function mountBoards(mount: Mount, parts: Parts): void {
  const { store, ingest, clock, settings } = parts;
  const shown = async (board: AdmittedBoard) => presentBoard(board, await store.latest(), settings.of(board.boardId));

  mount.read(routes.boardsRoute, async () => {
    const [admitted, latest] = await Promise.all([store.boards(), store.latest()]);
    const items = admitted.map((board) => presentBoard(board, latest, settings.of(board.boardId)));
    return { items, waiting: ingest.unknownBoards() };
  });

  mount.change(routes.admitBoardRoute, async (c) => {
    const { secret, readingMs, policy = null, ...wanted } = c.req.valid("json");
    const { boardId } = wanted;
    if ((await store.boards()).some((one) => one.boardId === boardId)) {
      throw new ProblemError(409, `Board ${boardId} is admitted already: rename it, or choose another one.`);
    }
    await available(parts.admission, "way to admit boards").admit({ ...wanted, admittedUtcMs: clock.nowMs() }, Buffer.from(secret, "hex"));
    await settings.put({ boardId, readingMs, policy });
    const body = await shown(await admittedBoard(store, boardId));
    return { status: 201, body, audit: { action: "board.admit", target: boardId, before: null, after: { ...wanted, readingMs, policy } } };
  });

  mount.change(routes.boardSecretRoute, async (c) => {
    const board = await admittedBoard(store, c.req.valid("param").boardId);
    const { boardId } = board;
    await available(parts.admission, "way to admit boards").admit(board, Buffer.from(c.req.valid("json").secret, "hex"));
    const known = (await store.progress()).find((progress) => progress.boardId === boardId);
    return {
      status: 200,
      body: { firstBoot: (known?.frameBoot ?? 0) + 1 },
      audit: { action: "board.secret", target: boardId, before: null, after: null },
    };
  });

  mount.read(routes.boardRoute, async (c) => shown(await admittedBoard(store, c.req.valid("param").boardId)));

  mount.read(routes.boardDescriptionRoute, async (c) => descriptionOf(await admittedBoard(store, c.req.valid("param").boardId)));

  mount.change(routes.changeBoardRoute, async (c) => {
    const { boardId } = c.req.valid("param");
    const board = await admittedBoard(store, boardId);
    const before = descriptionOf(board);
    checkMatch(c, before);
    await store.admitBoard({ ...board, ...c.req.valid("json") });
    const after = descriptionOf(await admittedBoard(store, boardId));
    return { status: 200, body: after, audit: { action: "board.rename", target: boardId, before, after } };
  });

  mount.read(routes.boardSettingsRoute, async (c) => {
    const { boardId } = await admittedBoard(store, c.req.valid("param").boardId);
    const { readingMs = 0, policy = null } = settings.of(boardId) ?? {};
    const pending = (await openCommands(parts.commands, boardId)).toReversed().map(presentCommand);
    return { boardId, readingMs, policy, pending };
  });

  mount.read(routes.policyRoute, async (c) => {
    const { boardId } = await admittedBoard(store, c.req.valid("param").boardId);
    return policyState(parts, boardId);
  });

  mount.read(routes.diagnosticsRoute, async (c) => {
    const { boardId } = await admittedBoard(store, c.req.valid("param").boardId);
    const health = available(parts.commands, "way to reach boards").health(boardId);
    return health === null ? null : presentDiagnostics(health);
  });

  mount.read(routes.metersRoute, async () => {
    const [admitted, { readings }] = await Promise.all([store.boards(), store.latest()]);
    return { items: admitted.flatMap(({ boardId, meters }) => meters.map((meter) => presentMeter(boardId, meter, readings))) };
  });
}
