/**
 * A pseudo-terminal whose far end is this process. Node has none of its own; Python, which node-gyp needs anyway, opens it.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

const RELAY = `
import os, pty, select, sys, tty
main, other = pty.openpty()
tty.setraw(other)
sys.stdout.write(os.ttyname(other) + "\\n")
sys.stdout.flush()
while True:
    ready, _, _ = select.select([main, 0], [], [])
    if main in ready:
        os.write(1, os.read(main, 65536))
    if 0 in ready:
        data = os.read(0, 65536)
        if not data: break
        while data: data = data[os.write(main, data):]
`;

export interface PseudoTerminal {
  /** Name of the end that the program under test opens. */
  path: string;
  onData(receive: (data: Buffer) => void): void;
  write(data: Uint8Array): void;
  /** Pulls the cable: the program's end becomes dead. */
  close(): Promise<void>;
}

export async function openPseudoTerminal(): Promise<PseudoTerminal> {
  const relay = spawn("python3", ["-u", "-c", RELAY], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(relay, "exit");
  let receive: ((data: Buffer) => void) | null = null;
  const path = await new Promise<string>((resolve, reject) => {
    let head = "";
    relay.on("error", reject);
    relay.stdout.on("data", (data: Buffer) => {
      if (receive !== null) {
        receive(data);
        return;
      }
      head += data.toString("latin1");
      const end = head.indexOf("\n");
      if (end < 0) return;
      receive = () => {};
      resolve(head.slice(0, end));
    });
  });
  relay.stdin.on("error", () => {
    // The relay ended first.
  });
  return {
    path,
    onData(handler) {
      receive = handler;
    },
    write: (data) => void relay.stdin.write(data),
    async close() {
      relay.kill("SIGKILL");
      await exited;
    },
  };
}
