/**
 * `daisee gateway`: runs one home's gateway until it is stopped.
 * @module
 */
import { defineCommand } from "citty";
import { pino } from "pino";
import { startGateway } from "#gateway/main.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { untilStopped } from "../signals.ts";

export const gateway = defineCommand({
  meta: { name: "gateway", description: "Run the gateway of one home. Example: daisee gateway --data .daisee/consumer/gateway" },
  args: {
    data: { type: "string", description: "The gateway's data folder", valueHint: "folder", required: true },
    passwordFile: { type: "string", description: "File with the keystore's password, mode 0600 (default: password in the data folder)", valueHint: "file" },
    logLevel: { type: "enum", options: ["debug", "info", "warn", "error", "silent"], description: "What to log, as JSON lines on standard error", default: "info" },
    json: { type: "boolean", description: "Print where it can be reached as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const log = pino({ level: args.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
    const running = await startGateway({ dataDir: args.data, log, ...(args.passwordFile !== undefined && { passwordPath: args.passwordFile }) });
    const { coapPort, httpPort, name, setupCode } = running;
    if (args.json) console.log(JSON.stringify({ name, httpPort, coapPort, setupCode }));
    else {
      console.log(`${name}: dashboard http://127.0.0.1:${httpPort}/, boards on UDP port ${coapPort}. Ctrl-C stops it.`);
      if (setupCode !== null) console.log(`There is no account yet. Open the dashboard and make the first one with the code ${setupCode}.`);
    }
    // A village that started this process as its child learns the ports so.
    process.send?.({ type: "ready", httpPort, coapPort });
    await untilStopped();
    await running.stop();
    // An open channel to the parent would hold the process.
    if (process.connected) process.disconnect();
  },
});
