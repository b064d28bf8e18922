/**
 * The page "settings".
 * @module
 */
import { Empty } from "../../components/states.tsx";
import { texts } from "../../texts.ts";

export default function SettingsPage() {
  return <Empty>{texts.common.loading}</Empty>;
}
