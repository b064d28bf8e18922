/**
 * This home's key, and how to back everything up: both belong to the machine, not to a browser.
 * @module
 */
import { useApp } from "../../app.ts";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { texts } from "../../texts.ts";

export function BackupSection() {
  const { model } = useApp();
  const words = texts.settings.backup;
  const node = model.node.value;
  return (
    <>
      <Card title={words.keys}>
        <div class="stack">
          <p>{words.keysDetail}</p>
          {node !== null && (
            <p>
              {words.address}: <Hash hash={node.address} />
            </p>
          )}
        </div>
      </Card>
      <Card title={words.backup}>
        <div class="stack">
          <p>{words.backupDetail}</p>
          <code class="command">{words.backupCommand}</code>
          <p>{words.passwordDetail}</p>
          <p>{words.restoreDetail}</p>
          <code class="command">{words.restoreCommand}</code>
          <p class="muted">{words.often}</p>
        </div>
      </Card>
    </>
  );
}
