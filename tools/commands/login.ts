/**
 * `daisee login`: lets the command act for an account of a gateway.
 * @module
 */
import { hostname } from "node:os";
import { defineCommand } from "citty";
import { bodyOf, createClient, withCookie } from "#gateway/api/client.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { GATEWAY_ARGUMENT, originOf, tellingFetch } from "../gateway/connect.ts";
import { tokensPath, writeToken } from "../gateway/tokens.ts";
import { askPassword, askText, readSecretFile } from "../prompts.ts";

const SCOPES = ["read", "control", "admin"] as const;

export const login = defineCommand({
  meta: { name: "login", description: "Log in to a gateway and keep a token for later commands. Example: daisee login --scope control" },
  args: {
    ...GATEWAY_ARGUMENT,
    name: { type: "string", description: "Name of the account; asked for when it is not given" },
    passwordFile: { type: "string", description: "File (mode 0600) with its password, instead of being asked", valueHint: "file" },
    scope: { type: "string", description: "What the token may do: read, control or admin", default: "admin" },
    forget: { type: "boolean", description: "Forget the token for this gateway", default: false },
    json: { type: "boolean", description: "Print the result as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const origin = originOf(args.gateway);
    const path = tokensPath();
    if (args.forget) {
      await writeToken(origin, null, path);
      console.log(args.json ? JSON.stringify({ gateway: origin, loggedIn: false }) : `Forgot the token for ${origin}. Revoke it in the dashboard's settings too.`);
      return;
    }
    const scope = SCOPES.find((one) => one === args.scope);
    if (scope === undefined) throw new UsageError(`--scope takes ${SCOPES.join(", ")}, not "${args.scope}".`);
    const name = args.name ?? (await askText("Name of your account", "--name"));
    const password = args.passwordFile === undefined ? await askPassword("Password", "--password-file") : await readSecretFile(args.passwordFile);
    const client = createClient(origin, { fetch: tellingFetch(origin, withCookie(), true) });
    await client.session.$post({ json: { name, password } });
    const token = await bodyOf(client.tokens.$post({ json: { name: `daisee on ${hostname()}`, scope } }));
    await writeToken(origin, token.secret, path);
    await client.session.$delete();
    console.log(args.json ? JSON.stringify({ gateway: origin, loggedIn: true, scope }) : `Logged in to ${origin} as ${name}; the token (${scope}) is in ${path}.`);
  },
});
