/**
 * Who may do what: accounts, sessions, tokens, and the log of what they changed.
 * @module
 */
import { z } from "@hono/zod-openapi";
import { integer, orNull, page, pageQuery, utcMs } from "./fields.ts";

/** Shortest password; its length is what counts (NIST SP 800-63B, 5.1.1.2), so nothing is said of its characters. */
export const MIN_PASSWORD = 10;
/** Longest one: argon2 takes any, but nobody has to wait for a megabyte. */
export const MAX_PASSWORD = 200;

export const householdRole = z.enum(["owner", "member", "guest"]).openapi({
  description: "owner: everything; member: looks, moves relays and trades; guest: looks.",
});
export const scope = z.enum(["read", "control", "admin"]).openapi({ description: "Each has all before it." });
/** The name of a thing, as people see it. */
export const shownName = z.string().trim().min(1).max(64);
export const accountName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._ @-]{0,63}$/u, "expected 1 to 64 letters, digits, spaces, or . _ @ -, a letter or digit first")
  .openapi({ example: "Mira" });
export const newPassword = z
  .string()
  .min(MIN_PASSWORD, `expected at least ${MIN_PASSWORD} characters; a few words are good`)
  .max(MAX_PASSWORD, `expected at most ${MAX_PASSWORD} characters`);
const givenPassword = z.string().max(MAX_PASSWORD);
/** A random name for a thing in a path. */
export const publicId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "expected an id as this listing gives it")
  .openapi({ example: "V1StGXR8_Z5j" });

export const account = z
  .strictObject({ accountId: publicId, name: accountName, role: householdRole, createdUtcMs: utcMs, lastLoginUtcMs: utcMs.nullable() })
  .openapi("Account");
export type Account = z.infer<typeof account>;
export const accountList = z.strictObject({ items: z.array(account) }).openapi("AccountList");
export const newAccount = z.strictObject({ name: accountName, password: newPassword, role: householdRole }).openapi("NewAccount");
export const accountChange = z
  .strictObject({ name: accountName, role: householdRole, password: newPassword.optional() })
  .openapi("AccountChange", { description: "A password that is given ends the account's sessions." });

export const accessState = z
  .strictObject({
    mode: z.enum(["accounts", "demo"]).openapi({ description: "demo: reading needs no log-in." }),
    needsSetup: z.boolean().openapi({ description: "There is no account yet: POST /setup with the code that the gateway printed." }),
    scope: orNull(scope).openapi({ description: "What this request may do; null: nothing but log in." }),
    account: orNull(account),
  })
  .openapi("AccessState");
export type AccessState = z.infer<typeof accessState>;

export const setUp = z
  .strictObject({
    code: z.string().max(64).openapi({ description: "One-time code that the gateway printed when it started.", example: "K7QM-2XVP-9RTA" }),
    name: accountName,
    password: newPassword,
  })
  .openapi("SetUp");
export const logIn = z.strictObject({ name: z.string().max(64), password: givenPassword }).openapi("LogIn");
export const passwordChange = z.strictObject({ oldPassword: givenPassword, newPassword }).openapi("PasswordChange");

export const session = z
  .strictObject({
    sessionId: publicId,
    accountName,
    createdUtcMs: utcMs,
    seenUtcMs: utcMs,
    expiresUtcMs: utcMs,
    address: z.string().openapi({ description: "Where it was last seen from." }),
    client: z.string().openapi({ description: "What its browser calls itself." }),
    isCurrent: z.boolean(),
  })
  .openapi("Session");
export type Session = z.infer<typeof session>;
export const sessionList = z.strictObject({ items: z.array(session) }).openapi("SessionList");

export const token = z
  .strictObject({
    tokenId: publicId,
    name: shownName,
    scope,
    createdBy: z.string().openapi({ description: "The account that answers for it; it can do no more than that one, and ends with it." }),
    createdUtcMs: utcMs,
    expiresUtcMs: utcMs.nullable(),
    lastUsedUtcMs: utcMs.nullable().openapi({ description: "To within a minute." }),
  })
  .openapi("Token");
export type Token = z.infer<typeof token>;
export const tokenList = z.strictObject({ items: z.array(token) }).openapi("TokenList");
export const newToken = z.strictObject({ name: shownName, scope, expiresUtcMs: utcMs.optional() }).openapi("NewToken");
export const createdToken = z
  .strictObject({ ...token.shape, secret: z.string().openapi({ description: "Shown this once. Send it as `Authorization: Bearer …`." }) })
  .openapi("CreatedToken");

export const auditEntry = z
  .strictObject({
    entry: integer.min(1),
    utcMs,
    actor: z.string().openapi({ description: "Account, token (with its account), or the gateway itself." }),
    address: z.string(),
    action: z.string().openapi({ example: "board.rename" }),
    target: z.string().openapi({ example: "24a160aabbcc" }),
    before: z.unknown().openapi({ description: "Without secrets; null where there was nothing." }),
    after: z.unknown(),
  })
  .openapi("AuditEntry");
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditQuery = z.strictObject(pageQuery);
export const auditPage = page(auditEntry).openapi("AuditPage");
