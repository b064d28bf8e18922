/**
 * A board as a process of its own: forked by a village, spoken to over IPC (`messages.ts`). Runs the fake, or a real interpreter where the
 * environment's `ESPRUINO` names one. Ends with its parent.
 * @module
 */
import { hostFake } from "./host.ts";
import type { Host } from "./host.ts";
import { hostInterpreter } from "./interpreter/host.ts";
import type { FromBoard, ToBoard } from "./messages.ts";

/** A parent that has just gone is no error here: "disconnect" follows. */
function send(message: FromBoard): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

let host: Host | undefined;
let ending = false;

/** Ends with the power off. The first end counts: it disconnects, which would be another. */
function end(code: number): void {
  if (ending) return;
  ending = true;
  process.exitCode = code;
  host?.stop();
  if (process.connected) process.disconnect();
  // Whatever would still hold the process is of no use without a parent.
  setImmediate(() => process.exit());
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (process.send === undefined || !process.connected) end(1);
  else process.send({ type: "failed", message } satisfies FromBoard, () => end(1));
  console.error(message);
}

async function start(options: Extract<ToBoard, { type: "start" }>["options"]): Promise<void> {
  if (host !== undefined) throw new Error("This board's process was started already");
  const interpreter = process.env["ESPRUINO"];
  host =
    interpreter === undefined || interpreter === ""
      ? hostFake(options, send, fail)
      : await hostInterpreter(interpreter, options, send, fail);
  send({ type: "ready" });
}

function receive(message: ToBoard): void {
  switch (message.type) {
    case "start":
      start(message.options).catch(fail);
      break;
    case "analog":
      host?.setVolts(message.volts);
      break;
    case "wifi":
      host?.setWifi(message.up);
      break;
    case "stop":
      end(0);
      break;
  }
}

if (process.send === undefined) {
  console.error("The virtual board is started by a village, over Node's IPC: see tools/virtual-board/README.md");
  process.exitCode = 1;
} else {
  // Nothing but this channel talks to the process; the types are the village's.
  process.on("message", (message) => receive(message as ToBoard));
  process.on("disconnect", () => end(0));
  process.on("SIGTERM", () => end(0));
  // Ctrl-C reaches the whole foreground group; the village ends its boards itself.
  process.on("SIGINT", () => undefined);
  process.on("uncaughtException", fail);
}
