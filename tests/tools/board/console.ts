/**
 * Consoles of boards, behind a TCP port as the `espruino` package can reach them: a real interpreter, and a scripted one where there is none.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import vm from "node:vm";
import { crc32 } from "node:zlib";

export interface BoardConsole {
  /** For `--port`. */
  port: string;
  close(): Promise<void>;
}

/** "ESC [ n d" says on which line of the sent text a statement is. */
const LINE_NUMBER = new RegExp(`${String.fromCharCode(27)}\\[\\d+d`, "g");

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an AddressInfo.
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A Linux build of the interpreter in an empty folder; its Storage is a file there. */
export async function openInterpreterConsole(binary: string): Promise<BoardConsole> {
  const folder = await mkdtemp(join(tmpdir(), "daisee-console-"));
  let socket: Socket | null = null;
  let child = start();
  let closing = false;

  function start(): ReturnType<typeof spawn> {
    const started = spawn(binary, [], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
    started.stdout?.on("data", (data: Buffer) => socket?.write(data));
    started.stdin?.on("error", () => {
      // It has just ended.
    });
    // E.reboot() ends a Linux build; a board comes back by itself.
    started.on("exit", () => {
      if (!closing) child = start();
    });
    return started;
  }

  const server = createServer((client) => {
    socket = client;
    client.on("data", (data) => child.stdin?.write(data));
    client.on("error", () => client.destroy());
  });
  const port = await listen(server);
  return {
    port,
    async close() {
      closing = true;
      socket?.destroy();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ScriptedConsole extends BoardConsole {
  files: Map<string, string>;
  reboots(): number;
}

export interface ScriptedOptions {
  /** Changes what is written, as a bad cable would. */
  corrupt?: (text: string) => string;
  onReboot?: () => void;
}

/** Evaluates what the package sends, line by line, with as much of Espruino as an upload uses. */
export async function openScriptedConsole({ corrupt = (text) => text, onReboot }: ScriptedOptions = {}): Promise<ScriptedConsole> {
  const files = new Map<string, string>();
  let reboots = 0;
  const sockets = new Set<Socket>();
  const storage = {
    write(name: string, text: string, offset = 0, size = 0): boolean {
      // A file that is made larger than its text stays erased behind it.
      const before = files.get(name) ?? "\xff".repeat(size);
      files.set(name, before.slice(0, offset) + corrupt(text) + before.slice(offset + text.length));
      return true;
    },
    read: (name: string) => files.get(name),
    list: () => [...files.keys()],
    erase: (name: string) => files.delete(name),
  };

  function converse(socket: Socket): void {
    const context = vm.createContext({
      require: (name: string) => {
        if (name === "Storage") return storage;
        throw new Error(`Module ${name} not found`);
      },
      print: (...values: unknown[]) => socket.write(`${values.join(" ")}\r\n`),
      E: {
        CRC32: (text: string) => crc32(Buffer.from(text, "latin1")),
        reboot() {
          reboots += 1;
          onReboot?.();
        },
      },
      process: { env: { BOARD: "ESP32", VERSION: "2v29", MODULES: "Storage" } },
      atob: (text: string) => Buffer.from(text, "base64").toString("latin1"),
      JSON,
      setTimeout: (run: () => void) => run(),
      echo: () => {},
      reset: () => {},
    });
    context["console"] = { log: context["print"] };
    let line = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      for (const character of data.toString("latin1")) {
        if (character === "\u0003") line = "";
        else if (character !== "\n") line += character;
        else {
          // A line that begins with this is not echoed, and no prompt follows it.
          const isQuiet = line.startsWith("\u0010");
          const statement = line.replaceAll("\u0010", "").replaceAll(LINE_NUMBER, "").trim();
          line = "";
          try {
            if (statement !== "") vm.runInContext(statement, context, { timeout: 1000 });
          } catch (error) {
            socket.write(`Uncaught ${String(error)}\r\n`);
          }
          if (!isQuiet) socket.write("\r\n>");
        }
      }
    });
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    converse(socket);
  });
  const port = await listen(server);
  return {
    port,
    files,
    reboots: () => reboots,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await Promise.resolve();
    },
  };
}
