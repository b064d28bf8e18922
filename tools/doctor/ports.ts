/**
 * Ports: those in the network that the gateway listens on, and serial ones with a board.
 * @module
 */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { GatewayConfig } from "#gateway/config.ts";
import { bridgeOf, explainOpenError, listPorts } from "../board/ports.ts";
import { ok, problem, skipped, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

interface Endpoint {
  host: string;
  port: number;
}

function isFreeTcp({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function isFreeUdp({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}

/** @param isRunning whether the gateway answers, so that the ports are its own. */
export async function checkPorts({ coap, http }: Pick<GatewayConfig, "coap" | "http">, isRunning: boolean): Promise<Finding[]> {
  if (isRunning) return [ok("ports", `the gateway listens on TCP ${http.port} and UDP ${coap.port}`)];
  const taken: Finding[] = [];
  const fix = (setting: string): string => `stop the other program ("ss -lntup" names it), or change ${setting} in gateway.json`;
  if (!(await isFreeTcp(http))) taken.push(problem("ports", `TCP port ${http.port} at ${http.host} cannot be listened on`, fix("http.port")));
  if (!(await isFreeUdp(coap))) taken.push(problem("ports", `UDP port ${coap.port} at ${coap.host} cannot be listened on`, fix("coap.port")));
  return taken.length > 0 ? taken : [ok("ports", `TCP ${http.port} and UDP ${coap.port} are free for the gateway`)];
}

/** Whether the boards that are plugged in can be flashed by who runs this. */
export async function checkSerial(list = listPorts): Promise<Finding[]> {
  let boards: string[];
  try {
    boards = (await list()).filter((port) => bridgeOf(port) !== null).map(({ path }) => path);
  } catch (error) {
    return [skipped("serial", error instanceof Error ? error.message : String(error), 'only "daisee board flash" and "monitor" need it')];
  }
  if (boards.length === 0) return [ok("serial", "no board is plugged in")];
  return Promise.all(
    boards.map(async (path): Promise<Finding> => {
      const error = await access(path, constants.R_OK | constants.W_OK).then(() => null, () => new Error("permission denied"));
      if (error === null) return ok("serial", `a board is at ${path}`);
      const [text = "", fix = ""] = explainOpenError(path, error).message.split(": ");
      return warning("serial", text, fix);
    }),
  );
}
