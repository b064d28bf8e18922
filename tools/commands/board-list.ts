/**
 * `daisee board list`: the home's boards, and those that wait.
 * @module
 */
import { defineCommand } from "citty";
import { bodyOf } from "#gateway/api/client.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { connectGateway, GATEWAY_ARGUMENT } from "../gateway/connect.ts";

export const boardList = defineCommand({
  meta: { name: "board list", description: "List the boards, what each does and why, and those that wait to be admitted. Example: daisee board list" },
  args: { ...GATEWAY_ARGUMENT, json: { type: "boolean", description: "Print them as JSON", default: false }, ...COMMON_ARGUMENTS },
  async run({ args }) {
    const client = await connectGateway(args.gateway);
    const [list, node] = await Promise.all([bodyOf(client.boards.$get()), bodyOf(client.node.$get())]);
    if (args.json) {
      console.log(JSON.stringify(list, null, 2));
      return;
    }
    if (list.items.length === 0) console.log('No board yet: run "daisee board flash".');
    for (const { boardId, name, role, source, latestEvent, newestUtcMs, silentAfterMs } of list.items) {
      const age = newestUtcMs === null ? null : node.nowUtcMs - newestUtcMs;
      const state = age === null ? "nothing heard yet" : age > silentAfterMs ? `SILENT for ${Math.round(age / 1000)} s` : "online";
      const reason = latestEvent === null ? "" : ` (${latestEvent.cause})`;
      console.log(`${boardId}  ${name}  ${role}  ${state}  ${source === null ? "" : `source ${source}${reason}`}`.trimEnd());
    }
    for (const { boardId, lastRefusal, frames } of list.waiting) console.log(`${boardId}  waits to be admitted: ${frames} messages refused, the last one as ${lastRefusal}`);
  },
});
