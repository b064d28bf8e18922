import assert from "node:assert/strict";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import type { Sender } from "#tools/virtual-board/network/network.ts";
import { createMemoryNetwork } from "#tools/virtual-board/network/memory.ts";
import { createUdpNetwork } from "#tools/virtual-board/network/udp.ts";
import { createScheduler } from "#tools/virtual-board/scheduler.ts";
import { createBench, GATEWAY_ADDRESS, run } from "./bench.ts";
import type { Bench } from "./bench.ts";

const PORT = 5683;
const JOIN = 'const wifi = require("Wifi"); wifi.connect("home", { password: "secret" });';

/** Starts a bench with a gateway that answers each datagram by `answer`. */
function withGateway(code: string, answer: (text: string) => Uint8Array | undefined = () => undefined): Bench & { received: string[] } {
  const bench = createBench(code);
  const received: string[] = [];
  const gateway = bench.network.host(GATEWAY_ADDRESS).open(PORT, (data, sender) => {
    const text = Buffer.from(data).toString("latin1");
    received.push(text);
    const reply = answer(text);
    if (reply !== undefined) gateway.send(reply, sender.port, sender.address);
  });
  bench.board.start();
  bench.scheduler.advance(3000);
  return { ...bench, received };
}

describe("virtual-board/fake: sockets", () => {
  it("send text, so a typed array goes out as its numbers, and with an offset as nothing", () => {
    const { received } = withGateway(`${JOIN} const s = require("dgram").createSocket("udp4"); s.bind(0);
      wifi.on("connected", () => {
        s.send(new Uint8Array([1, 2, 255]), ${PORT}, "${GATEWAY_ADDRESS}");
        s.send(new Uint8Array([1, 2, 255]), 0, 3, ${PORT}, "${GATEWAY_ADDRESS}");
        s.send(E.toString(new Uint8Array([1, 2, 255])), 0, 3, ${PORT}, "${GATEWAY_ADDRESS}");
        s.send("abcdef", 2, 3, ${PORT}, "${GATEWAY_ADDRESS}");
      });`);
    assert.deepEqual(received, ["1,2,255", "", "\u0001\u0002\u00ff", "cde"]);
  });

  it("receive at most 528 bytes of a datagram, from whom it came", () => {
    const { lines } = withGateway(
      `${JOIN} const s = require("dgram").createSocket("udp4"); s.bind(0);
       s.on("message", (text, from) => console.log(text.length, from.address, from.port, from.size, text.charCodeAt(0)));
       wifi.on("connected", () => s.send("hello", 0, 5, ${PORT}, "${GATEWAY_ADDRESS}"));`,
      () => new Uint8Array(900).fill(200),
    );
    assert.deepEqual(lines, [`528 ${GATEWAY_ADDRESS} ${PORT} 528 200`]);
  });

  it("are closed by an empty datagram, whoever sends it", () => {
    const script = (bind: string): string => `${JOIN} const s = require("dgram").createSocket("udp4"); ${bind}
      s.on("close", () => console.log("closed")); s.on("message", (text) => console.log(text));
      wifi.on("connected", () => { s.send("empty", ${PORT}, "${GATEWAY_ADDRESS}");
        setTimeout(() => s.send("after", ${PORT}, "${GATEWAY_ADDRESS}"), 100); });`;
    const answer = (text: string): Uint8Array => Buffer.from(text === "empty" ? "" : text);
    for (const bind of ["", "s.bind(0);"]) {
      assert.deepEqual(withGateway(script(bind), answer).lines, ["closed", "Uncaught Error: This socket is closed"]);
    }
  });

  it("carry nothing without Wi-Fi, and take addresses only", () => {
    const { received, lines } = withGateway(`const s = require("dgram").createSocket("udp4"); s.send("lost", ${PORT}, "${GATEWAY_ADDRESS}");
      s.send("x", ${PORT}, "gateway.local");`);
    assert.deepEqual(received, []);
    assert.match(lines[0] ?? "", /would block the board/);
  });
});

describe("virtual-board/fake: Wi-Fi", () => {
  const KEEPER = `const wifi = require("Wifi"); wifi.on("connected", () => console.log("connected"));
    wifi.on("disconnected", () => console.log("disconnected"));
    const connect = () => wifi.connect("home", { password: "secret" }, (error) => console.log("result " + error)); connect();`;

  it("gives up after three tries and stays off until connect is called again", () => {
    const { board, scheduler, lines } = createBench(KEEPER + "setTimeout(connect, 60000);");
    board.setWifi(false);
    board.start();
    scheduler.advance(20000);
    assert.deepEqual(lines, ["disconnected", "result NO_AP_FOUND"]);
    board.setWifi(true);
    scheduler.advance(30000);
    assert.equal(lines.length, 2);
    scheduler.advance(20000);
    assert.deepEqual(lines.slice(2), ["result null", "connected"]);
  });

  it("comes back by itself from a short loss only", () => {
    const { board, scheduler, lines } = run(KEEPER, 3000);
    assert.deepEqual(lines, ["result null", "connected"]);
    board.setWifi(false);
    scheduler.advance(1000);
    board.setWifi(true);
    scheduler.advance(10000);
    assert.deepEqual(lines.slice(2), ["connected"]);
    board.setWifi(false);
    scheduler.advance(10000);
    board.setWifi(true);
    scheduler.advance(60000);
    assert.deepEqual(lines.slice(3), ["disconnected"]);
  });
});

describe("virtual-board/network", () => {
  it("in memory loses, doubles and reorders by its seed, and invents nothing", () => {
    const carry = (seed: number): number[] => {
      const scheduler = createScheduler();
      const network = createMemoryNetwork(scheduler, { seed, loss: 0.3, duplicate: 0.2, minDelayMs: 1, maxDelayMs: 50 });
      const arrived: number[] = [];
      network.host("10.0.0.1").open(7, (data) => arrived.push(data[0] ?? -1));
      const socket = network.host("10.0.0.2").open(0, () => undefined);
      for (let i = 0; i < 200; i++) {
        scheduler.after(i, () => socket.send(Uint8Array.of(i), 7, "10.0.0.1"));
      }
      scheduler.advance(1000);
      return arrived;
    };
    const arrived = carry(5);
    assert.deepEqual(arrived, carry(5));
    assert.notDeepEqual(arrived, carry(6));
    const distinct = new Set(arrived);
    assert.ok(distinct.size < 180 && distinct.size > 100);
    assert.ok(arrived.length > distinct.size);
    assert.notDeepEqual(
      arrived,
      arrived.toSorted((a, b) => a - b),
    );
  });

  it("over real UDP reaches a socket on this machine and is answered", async () => {
    const gateway = createSocket("udp4");
    gateway.bind(0, "127.0.0.1");
    await once(gateway, "listening");
    gateway.on("message", (data, sender) => gateway.send(Buffer.concat([data, data]), sender.port, sender.address));
    const answer = await new Promise<{ data: Uint8Array; sender: Sender }>((resolve, reject) => {
      const socket = createUdpNetwork(reject).open(0, (data, sender) => {
        socket.close();
        resolve({ data, sender });
      });
      socket.send(Buffer.from("hi"), gateway.address().port, "127.0.0.1");
    });
    assert.equal(Buffer.from(answer.data).toString(), "hihi");
    assert.deepEqual(answer.sender, { address: "127.0.0.1", port: gateway.address().port });
    gateway.close();
  });
});
