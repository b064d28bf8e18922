/**
 * The page "settings", by sections; `#/settings/tariffs` leads to one.
 * @module
 */
import type { ComponentType } from "preact";
import { href, route } from "../../router.ts";
import { texts } from "../../texts.ts";
import { BackupSection } from "./backup.tsx";
import { DataSection } from "./data.tsx";
import { HouseholdSection } from "./household.tsx";
import { IntegrationsSection } from "./integrations.tsx";
import { LogSection } from "./log.tsx";
import { LookSection } from "./look.tsx";
import { TariffsSection } from "./tariffs.tsx";
import { TokensSection } from "./tokens.tsx";

const SECTIONS = {
  household: HouseholdSection,
  tokens: TokensSection,
  tariffs: TariffsSection,
  integrations: IntegrationsSection,
  data: DataSection,
  backup: BackupSection,
  log: LogSection,
  look: LookSection,
} satisfies Record<string, ComponentType>;

const NAMES = ["household", "tokens", "tariffs", "integrations", "data", "backup", "log", "look"] as const satisfies (keyof typeof SECTIONS)[];

export default function SettingsPage() {
  const shown = NAMES.find((name) => name === route.value.parts[0]) ?? "household";
  const Section = SECTIONS[shown];
  return (
    <>
      <nav class="settings-nav" aria-label={texts.settings.sectionsLabel}>
        {NAMES.map((name) => (
          <a key={name} href={href("settings", [name])} aria-current={name === shown ? "page" : undefined}>
            {texts.settings.sections[name]}
          </a>
        ))}
      </nav>
      <Section key={shown} />
    </>
  );
}
