/**
 * The page "history": power, energy and money of any time, with a link for each view.
 * @module
 */
import { bodyOf } from "#gateway/api/client.ts";
import { useApp } from "../../app.ts";
import { Empty, Loaded } from "../../components/states.tsx";
import { billedMeters, tariffAt } from "../../mains.ts";
import { useResource } from "../../resource.ts";
import { route } from "../../router.ts";
import { texts } from "../../texts.ts";
import { Controls } from "./controls.tsx";
import { MoneyView } from "./money-view.tsx";
import { StackView } from "./stack-view.tsx";
import { dateAt, dayCount, moved, spanOf, viewOf } from "./view.ts";
import type { View } from "./view.ts";

const MOST_DAYS = 366;

function Shown({ view, timeZone }: { view: View; timeZone: string }) {
  const { client, model } = useApp();
  const node = model.node.value;
  const meters = model.boards.value.flatMap((board) => board.meters);
  if (view.from > view.to) return <Empty>{texts.history.badRange}</Empty>;
  if (dayCount(view.from, view.to) > MOST_DAYS) return <Empty>{texts.history.longRange}</Empty>;
  if (node === null || meters.length === 0) return <Empty>{texts.history.noMeters}</Empty>;
  const span = spanOf(view, timeZone);
  const tariffs = model.tariffs.value;
  const mains = billedMeters(tariffAt(tariffs, span.toUtcMs), meters);
  const common = { source: { client, node, meters, mains }, span, before: spanOf(moved(view, -1), timeZone), timeZone };
  const { kind } = view;
  if (kind === "money") return <MoneyView key="money" view={view} {...common} />;
  return <StackView key={kind} view={{ ...view, kind }} tariffs={tariffs} {...common} />;
}

export default function HistoryPage() {
  const { client, model } = useApp();
  const settings = useResource(() => bodyOf(client.storage.settings.$get()));
  if (model.node.value === null) return <p class="empty loading">{texts.common.loading}</p>;
  return (
    <Loaded resource={settings}>
      {({ timeZone }) => {
        const view = viewOf(route.value.query, dateAt(timeZone, model.node.peek()?.nowUtcMs ?? Date.now()));
        return (
          <>
            <Controls view={view} />
            <Shown view={view} timeZone={timeZone} />
          </>
        );
      }}
    </Loaded>
  );
}
