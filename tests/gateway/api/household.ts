/**
 * A home with people and programs: an account of each role, a token of each scope, and requests in their names.
 * @module
 */
import { randomBytes } from "node:crypto";
import { createAccess } from "#gateway/auth/access.ts";
import type { Access, AccessMode } from "#gateway/auth/access.ts";
import { hashPassword } from "#gateway/auth/passwords.ts";
import { createId } from "#gateway/auth/secrets.ts";
import type { HouseholdRole, Scope } from "#gateway/store/accounts.ts";
import type { AppOptions } from "#gateway/api/app.ts";
import { createApp } from "#gateway/api/app.ts";
import type { createTestClock } from "./clock.ts";
import { createHome } from "./home.ts";
import type { Home } from "./home.ts";

export const PASSWORD = "wind over the roof";
export const COOKIE = "daisee_session_1";
const ROLES: HouseholdRole[] = ["owner", "member", "guest"];
const SCOPES: Scope[] = ["read", "control", "admin"];

/** Whoever may ask. */
export type Who = "nobody" | HouseholdRole | `token ${Scope}` | "revoked token";
export const EVERYBODY: Who[] = ["nobody", "owner", "member", "guest", "token read", "token control", "token admin", "revoked token"];

export interface Household extends Home {
  access: Access;
  accountIds: Record<HouseholdRole, string>;
  /** Headers that a request of theirs has; each of a person's is of a new session. */
  headersOf(who: Who): Promise<Record<string, string>>;
  /** A request in somebody's name; the body goes as JSON. */
  ask(who: Who, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The application anew over the same store, as after a restart of the gateway. */
  restart(): Promise<void>;
}

let passwordHash: Promise<string> | undefined;
const ORIGIN = { address: "192.0.2.1", client: "test" };

export async function createHousehold(
  clock: ReturnType<typeof createTestClock>,
  mode: AccessMode = "accounts",
  overrides: (home: Home) => Partial<AppOptions> = () => ({}),
): Promise<Household> {
  const home = await createHome(clock);
  // Argon2id takes its time: once for all accounts of all homes.
  passwordHash ??= hashPassword(PASSWORD);
  const account = { passwordHash: await passwordHash, createdUtcMs: clock.nowMs(), lastLoginUtcMs: null };
  const accountIds: Record<HouseholdRole, string> = { owner: createId(randomBytes), member: createId(randomBytes), guest: createId(randomBytes) };
  for (const role of ROLES) await home.store.putAccount({ ...account, accountId: accountIds[role], name: role, role });
  const access = await createAccess({ store: home.store, clock, random: randomBytes, mode });
  const secrets = new Map<Who, string>();
  for (const scope of SCOPES) {
    const { secret } = await access.tokens.create({ accountId: accountIds.owner, name: scope, scope, expiresUtcMs: null });
    secrets.set(`token ${scope}`, secret);
  }
  const revoked = await access.tokens.create({ accountId: accountIds.owner, name: "old", scope: "admin", expiresUtcMs: null });
  await access.tokens.revoke(revoked.token.tokenId);
  secrets.set("revoked token", revoked.secret);

  async function headersOf(who: Who): Promise<Record<string, string>> {
    if (who === "nobody") return { "X-Daisee-Client": "test" };
    const token = secrets.get(who);
    if (token !== undefined) return { Authorization: `Bearer ${token}` };
    // What is no token is a role.
    const { secret } = await household.access.sessions.open(accountIds[who as HouseholdRole], ORIGIN);
    return { Cookie: `${COOKIE}=${secret}`, "X-Daisee-Client": "test" };
  }

  async function ask(who: Who, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    return household.app.request(`/api/v1${path}`, { method, headers: { ...type, ...(await headersOf(who)), ...headers }, ...json });
  }

  function appOver(own: Access): Household["app"] {
    return createApp({ ...home.options, access: own, ...overrides(home) });
  }

  const household: Household = {
    ...home,
    app: appOver(access),
    access,
    accountIds,
    headersOf,
    ask,
    async restart() {
      household.access = await createAccess({ store: home.store, clock, random: randomBytes, mode });
      household.app = appOver(household.access);
    },
  };
  return household;
}
