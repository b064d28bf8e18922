/**
 * The page "boards".
 * @module
 */
import { Empty } from "../../components/states.tsx";
import { texts } from "../../texts.ts";

export default function BoardsPage() {
  return <Empty>{texts.common.loading}</Empty>;
}
