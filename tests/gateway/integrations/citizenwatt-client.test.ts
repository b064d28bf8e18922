/** What becomes of another installation's answers when they are not what its API promises. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { createBackoff } from "#gateway/integrations/backoff.ts";
import { createClient } from "#gateway/integrations/citizenwatt-source/client.ts";
import type { CitizenwattClient } from "#gateway/integrations/citizenwatt-source/client.ts";

describe("asking a CitizenWatt installation", () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let client: CitizenwattClient;
  const stopping = new AbortController();

  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    client = createClient({ url: `http://127.0.0.1:${address.port}/`, login: "mira", password: "a & b", stop: stopping.signal });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const answers = (body: string, status = 200, headers: Record<string, string> = {}): void => {
    answer = (_request, response) => void response.writeHead(status, headers).end(body);
  };

  it("logs in by a form, and asks for whole seconds", async () => {
    const asked: string[] = [];
    const note = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      asked.push(`${request.method} ${request.url} ${await text(request)}`);
      response.end('{"data": [{"id": 4, "name": "Mains", "type": "x"}], "rate": "none"}');
    };
    answer = (request, response) => void note(request, response);
    assert.deepEqual(await client.sensors(), [{ id: 4, name: "Mains" }]);
    await client.samples(4, 1500, 9000);
    assert.deepEqual(asked, ["POST /api/sensors login=mira&password=a+%26+b", "POST /api/4/get/watts/by_time/2/9 login=mira&password=a+%26+b"]);
  });

  it("takes no answer for no samples, and leaves out what is no power", async () => {
    answers('{"data": null}');
    assert.deepEqual([await client.sensors(), await client.samples(1, 0, 1)], [[], { samples: [], malformed: 0 }]);
    const measures = [{ timestamp: 16, value: 20 }, { timestamp: 8, value: 10.5 }, { timestamp: 9, value: -3 }, { timestamp: 9, value: "5" }, { timestamp: 9, value: 1e12 }, null, 7, { value: 5 }];
    answers(JSON.stringify({ data: measures }));
    assert.deepEqual(await client.samples(1, 0, 1), { samples: [{ utcMs: 8000, powerMw: 10_500 }, { utcMs: 16_000, powerMw: 20_000 }], malformed: 6 });
  });

  it("says what is wrong, without the password, whatever answers", async () => {
    const wrong: [() => void, RegExp][] = [
      [() => answers("", 403), /refuses the login: check login/],
      [() => answers("", 500), /answers 500 to \/sensors/],
      [() => answers("", 302, { Location: "http://127.0.0.1:9/" }), /does not answer/],
      [() => answers("<html>Router</html>"), /is not JSON: is it CitizenWatt that answers/],
      [() => answers('{"data": "all of them"}'), /has another shape than its API/],
      [() => answers(JSON.stringify({ data: Array.from({ length: 65 }, (_, id) => ({ id, name: "x" })) })), /has another shape/],
      [() => answers("[".repeat(5_000_000)), /is longer than 4194304 bytes/],
      [() => (answer = (request) => void request.socket.destroy()), /does not answer/],
    ];
    for (const [set, message] of wrong) {
      set();
      await assert.rejects(client.sensors(), (error: Error) => message.test(error.message) && !error.message.includes("a & b"), String(message));
    }
  });

  it("gives up at once when the gateway stops, whoever hangs", async () => {
    answer = () => undefined;
    const asked = client.sensors();
    stopping.abort();
    await assert.rejects(asked, /does not answer/);
  });
});

describe("waiting before another try", () => {
  it("takes twice as long each time, up to the longest, never the same for two, and begins anew once it worked", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 100 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }), (firstMs, factor, randoms) => {
        const longestMs = firstMs * factor;
        let turn = 0;
        const backoff = createBackoff({ firstMs, longestMs, random: () => randoms[turn] ?? 0 });
        for (; turn < randoms.length; turn++) {
          const fullMs = Math.min(longestMs, firstMs * 2 ** turn);
          const waitMs = backoff.next();
          assert.ok(waitMs >= Math.floor(fullMs / 2) && waitMs <= fullMs, `${waitMs} of ${fullMs}`);
        }
        turn = 0;
        backoff.reset();
        assert.ok(backoff.next() <= firstMs);
      }),
    );
  });
});
