/**
 * The page "history".
 * @module
 */
import { Empty } from "../../components/states.tsx";
import { texts } from "../../texts.ts";

export default function HistoryPage() {
  return <Empty>{texts.common.loading}</Empty>;
}
