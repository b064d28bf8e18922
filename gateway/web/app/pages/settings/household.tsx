/**
 * Who lives here: accounts for owners, one's own password and sessions for everybody.
 * @module
 */
import { useApp } from "../../app.ts";
import { Card } from "../../components/card.tsx";
import { Guarded } from "../../components/guarded.tsx";
import { texts } from "../../texts.ts";
import { Accounts } from "./accounts.tsx";
import { Password } from "./password.tsx";
import { Sessions } from "./sessions.tsx";

export function HouseholdSection() {
  const { session } = useApp();
  const account = session.access.value?.account ?? null;
  return (
    <>
      <Card title={texts.settings.accounts.title}>
        <div class="stack">
          <p class="muted">{texts.settings.accounts.detail}</p>
          <Guarded scope="admin">
            <Accounts />
          </Guarded>
        </div>
      </Card>
      <Card title={texts.settings.password.title}>
        {account === null ? <p class="muted">{texts.settings.password.none}</p> : <Password />}
      </Card>
      {account !== null && (
        <Card title={texts.settings.sessions.title}>
          <p class="muted">{texts.settings.sessions.detail}</p>
          <Sessions />
        </Card>
      )}
    </>
  );
}
