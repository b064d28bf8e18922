/**
 * The CommandStore in SQLite.
 * @module
 */
import type Database from "better-sqlite3";
import type { Command, Diagnostics } from "#firmware/wire/commands.ts";
import type { CommandStore, NewDiagnostics, QueuedCommand, StoredDiagnostics } from "../commands.ts";
import { boardIdOf, boardNumber } from "./rows.ts";
import type { Synchronous } from "./synchronous.ts";

interface CommandRow extends Omit<QueuedCommand, "boardId" | "command"> {
  board: number;
  command: string;
}

interface DiagnosticsRow {
  board: number;
  receivedUtcMs: number;
  body: string;
}

const COMMAND_COLUMNS = `board, command_id AS commandId, command, "by", state, reason, created_utc_ms AS createdUtcMs,
  sent_utc_ms AS sentUtcMs, done_utc_ms AS doneUtcMs`;
const DIAGNOSTICS_COLUMNS = "board, received_utc_ms AS receivedUtcMs, body";

function commandOf({ board, command, ...row }: CommandRow): QueuedCommand {
  // Written by addCommand from this type.
  return { boardId: boardIdOf(board), ...row, command: JSON.parse(command) as Command };
}

function diagnosticsOf({ board, receivedUtcMs, body }: DiagnosticsRow): StoredDiagnostics {
  // Written by addDiagnostics from this type.
  return { boardId: boardIdOf(board), receivedUtcMs, ...(JSON.parse(body) as Diagnostics) };
}

export function createCommandStore(database: Database.Database): Omit<Synchronous<CommandStore>, "bootBounds"> {
  // A store from an older backup must not give out numbers again that the board has done.
  const insertCommand = database.prepare<[{ board: number; command: string; by: string; createdUtcMs: number }], CommandRow>(
    `INSERT INTO command SELECT :board, 1 + max(
       (SELECT coalesce(max(command_id), 0) FROM command WHERE board = :board),
       (SELECT coalesce(max(command_id), 0) FROM diagnostics WHERE board = :board)
     ), :command, :by, 'pending', NULL, :createdUtcMs, NULL, NULL RETURNING ${COMMAND_COLUMNS}`,
  );
  const setCommand = database.prepare(
    `UPDATE command SET state = :state, reason = :reason, sent_utc_ms = :sentUtcMs, done_utc_ms = :doneUtcMs
     WHERE board = :board AND command_id = :commandId`,
  );
  const selectOpen = database.prepare<[], CommandRow>(
    `SELECT ${COMMAND_COLUMNS} FROM command WHERE state IN ('pending', 'sent') ORDER BY board, command_id`,
  );
  const selectCommands = database.prepare<[number, number], CommandRow>(
    `SELECT ${COMMAND_COLUMNS} FROM command WHERE board = ? ORDER BY command_id DESC LIMIT ?`,
  );
  const insertDiagnostics = database.prepare("INSERT INTO diagnostics VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const dropDiagnostics = database.prepare(
    `DELETE FROM diagnostics WHERE board = :board AND (frame_boot, frame_number) <=
     (SELECT frame_boot, frame_number FROM diagnostics WHERE board = :board ORDER BY frame_boot DESC, frame_number DESC LIMIT 1 OFFSET :keep)`,
  );
  const selectLatest = database.prepare<[], DiagnosticsRow>(
    `SELECT diagnostics.${DIAGNOSTICS_COLUMNS} FROM board JOIN diagnostics USING (board) WHERE (diagnostics.frame_boot, diagnostics.frame_number) =
     (SELECT frame_boot, frame_number FROM diagnostics AS newest WHERE newest.board = board.board
      ORDER BY frame_boot DESC, frame_number DESC LIMIT 1) ORDER BY board`,
  );
  const selectDiagnostics = database.prepare<[number, number], DiagnosticsRow>(
    `SELECT ${DIAGNOSTICS_COLUMNS} FROM diagnostics WHERE board = ? ORDER BY frame_boot DESC, frame_number DESC LIMIT ?`,
  );

  const keepDiagnostics = database.transaction((added: NewDiagnostics, keep: number): void => {
    const { boardId, receivedUtcMs, frameBoot, frameNumber, ...body } = added;
    const board = boardNumber(boardId);
    insertDiagnostics.run(board, frameBoot, frameNumber, receivedUtcMs, body.commandId, JSON.stringify(body));
    dropDiagnostics.run({ board, keep });
  });

  return {
    addCommand({ boardId, command, by, createdUtcMs }) {
      const row = insertCommand.get({ board: boardNumber(boardId), command: JSON.stringify(command), by, createdUtcMs });
      if (row === undefined) throw new Error(`store: a command to board ${boardId} was not kept`);
      return commandOf(row);
    },

    updateCommand({ boardId, ...change }) {
      const { changes } = setCommand.run({ board: boardNumber(boardId), ...change });
      if (changes === 0) throw new Error(`store: board ${boardId} has no command ${change.commandId}`);
    },

    openCommands: () => selectOpen.all().map(commandOf),
    commands: (boardId, limit) => selectCommands.all(boardNumber(boardId), limit).map(commandOf),
    addDiagnostics: (added, keep) => keepDiagnostics.immediate(added, keep),
    latestDiagnostics: () => selectLatest.all().map(diagnosticsOf),
    diagnostics: (boardId, limit) => selectDiagnostics.all(boardNumber(boardId), limit).map(diagnosticsOf),
  };
}
