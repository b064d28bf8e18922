/**
 * What comes before the page: waiting for the gateway, the set-up, the log-in.
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Client } from "#gateway/api/client.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { LogInForm } from "./log-in.tsx";
import { SetUp } from "./set-up.tsx";
import { Shell } from "./shell.tsx";

function Gate({ title, lead, children }: { title: string; lead?: string; children?: ComponentChildren }) {
  return (
    <main class="gate">
      <div class="card">
        <img src="/icon.svg" alt="" width="56" height="56" />
        <h1>{title}</h1>
        {lead !== undefined && <p>{lead}</p>}
        {children}
      </div>
    </main>
  );
}

export function Door({ client, session }: { client: Client; session: Session }) {
  const access = session.access.value;
  if (access === null) {
    return session.unreachable.value ? (
      <Gate title="DAISEE">
        <p class="notice" role="alert">
          {texts.shell.lost(null)}
        </p>
      </Gate>
    ) : null;
  }
  if (access.scope !== null) return <Shell client={client} session={session} />;
  if (access.needsSetup) {
    return (
      <Gate title={texts.shell.setUp.title} lead={texts.shell.setUp.lead}>
        <SetUp session={session} />
      </Gate>
    );
  }
  return (
    <Gate title={texts.shell.logIn.title} lead={texts.shell.logIn.lead}>
      <LogInForm session={session} />
    </Gate>
  );
}
