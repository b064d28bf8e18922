/**
 * `require("Wifi")` as a station (libs/network/esp32/jswrap_esp32_network.c): `connect` tries three times, and so does a lost link; then
 * "disconnected" comes and the radio stops for good, until the next `connect`.
 * @module
 */
import type { Cancel } from "../scheduler.ts";
import { createEmitter } from "./machine.ts";
import type { Machine } from "./machine.ts";
import type { Callback } from "./realm.ts";

/** Association and DHCP, and a search without an answer. Order of magnitude only: both depend on the access point. */
const JOIN_MS = 800;
const SEARCH_MS = 2500;
const ATTEMPTS = 3;
const ADDRESS = { ip: "127.0.0.1", netmask: "255.0.0.0", gw: "127.0.0.1" };

export interface Wifi {
  library: Record<string, (...values: never[]) => unknown>;
  isOnline(): boolean;
  /** The access point appears or goes away. */
  setAccessPoint(up: boolean): void;
}

export function createWifi(machine: Machine, accessPointUp: boolean): Wifi {
  const events = createEmitter(machine, ["associated", "connected", "disconnected"]);
  let accessPoint = accessPointUp;
  let ssid = "";
  let online = false;
  let attemptsLeft = 0;
  let done: Callback | undefined;
  let attempt: Cancel | undefined;

  function finish(error: string | null): void {
    if (done !== undefined) machine.queue(done, [error]);
    done = undefined;
  }

  /** The access point may come or go during an attempt: what it is like at the end counts. */
  function tryToJoin(): void {
    attempt?.();
    attempt = machine.cpu.after(accessPoint ? JOIN_MS : SEARCH_MS, () => {
      if (accessPoint) joined();
      else lost();
    });
  }

  function joined(): void {
    online = true;
    events.emit("associated", machine.realm.json({ ssid, mac: "02:00:00:00:00:01", channel: "1" }));
    finish(null);
    events.emit("connected", machine.realm.json(ADDRESS));
  }

  function lost(): void {
    online = false;
    if (--attemptsLeft > 0) {
      tryToJoin();
      return;
    }
    events.emit("disconnected", machine.realm.json({ ssid, mac: "02:00:00:00:00:01", reason: "201", msg: "NO_AP_FOUND" }));
    finish("NO_AP_FOUND");
  }

  function connect(name: unknown, options: { password?: unknown } | undefined, callback: unknown): void {
    if (typeof name !== "string" || name === "") throw new Error("Wifi: no SSID");
    if (options?.password !== undefined && typeof options.password !== "string") throw new Error("Wifi: the password is a text");
    if (callback !== undefined && !machine.realm.isFunction(callback)) throw new Error("Expecting callback function");
    ssid = name;
    online = false;
    attemptsLeft = ATTEMPTS;
    done = callback;
    tryToJoin();
  }

  /** An ESP32 tells no signal strength here. */
  const getDetails = (): unknown => machine.realm.json(online ? { ssid, status: "connected" } : { status: "disconnected" });

  return {
    library: { connect, stopAP: () => undefined, getDetails, on: (event: unknown, callback: unknown) => events.on(event, callback) },
    isOnline: () => online,
    setAccessPoint(up) {
      accessPoint = up;
      if (!up && online) lost();
    },
  };
}
