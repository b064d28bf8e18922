/**
 * Who looks at the page, and what that one may do.
 * @module
 */
import { computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { bodyOf } from "#gateway/api/client.ts";
import type { Client } from "#gateway/api/client.ts";
import type { AccessState } from "#gateway/api/schemas/access.ts";

const SCOPES = ["read", "control", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Session {
  /** Null until the gateway has said. */
  access: ReadonlySignal<AccessState | null>;
  /** Whether the gateway has been asked in vain. */
  unreachable: ReadonlySignal<boolean>;
  /** Whether this one may do what needs `scope`; each has all before it. */
  can(scope: Scope): boolean;
  /** Asks the gateway anew, until it answers. */
  refresh(): Promise<void>;
  /** @throws the API's problem when name and password do not fit. */
  logIn(name: string, password: string): Promise<void>;
  logOut(): Promise<void>;
  /** Makes the first account. @throws the API's problem. */
  setUp(code: string, name: string, password: string): Promise<void>;
}

const RETRY_MS = 2000;

/** Whether `given` has all that `wanted` has. */
export function includesScope(given: Scope | null, wanted: Scope): boolean {
  return given !== null && SCOPES.indexOf(given) >= SCOPES.indexOf(wanted);
}

export function createSession(client: Client): Session {
  const access = signal<AccessState | null>(null);
  const unreachable = signal(false);
  const scope = computed(() => access.value?.scope ?? null);

  async function refresh(): Promise<void> {
    try {
      access.value = await bodyOf(client.access.$get());
      unreachable.value = false;
    } catch {
      unreachable.value = true;
      setTimeout(() => void refresh(), RETRY_MS);
    }
  }

  return {
    access,
    unreachable,
    can: (wanted) => includesScope(scope.value, wanted),
    refresh,
    async logIn(name, password) {
      await bodyOf(client.session.$post({ json: { name, password } }));
      await refresh();
    },
    async logOut() {
      await bodyOf(client.session.$delete());
      await refresh();
    },
    async setUp(code, name, password) {
      await bodyOf(client.setup.$post({ json: { code, name, password } }));
      await refresh();
    },
  };
}
