/**
 * Every home of the community as the chain tells it: energy of its last slot, and its newest batches.
 * @module
 */
import type { Neighbour } from "#gateway/api/schemas/chain.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Hash } from "../../components/hash.tsx";
import { Empty } from "../../components/states.tsx";
import { energy } from "../../format.ts";
import type { Model } from "../../model.ts";
import { texts } from "../../texts.ts";

/** Batches of a home that are shown. */
const SHOWN = 3;

function MeterRow({ meter }: { meter: Neighbour["meters"][number] }) {
  const words = texts.neighbours;
  const { slotImportMwh, slotExportMwh } = meter;
  return (
    <tr>
      <th scope="row">{texts.common.meterKinds[meter.kind]}</th>
      {slotImportMwh === null || slotExportMwh === null ? (
        <td colSpan={2} class="number muted">
          {words.firstCheckpoint}
        </td>
      ) : (
        <>
          <td class="number">
            {energy(slotImportMwh)} {words.slotIn}
          </td>
          <td class="number">
            {energy(slotExportMwh)} {words.slotOut}
          </td>
        </>
      )}
    </tr>
  );
}

function Home({ neighbour, name, isSelf }: { neighbour: Neighbour; name: string; isSelf: boolean }) {
  const words = texts.neighbours;
  const slot = Math.max(...neighbour.meters.map((meter) => meter.slot));
  return (
    <article class="home">
      <header>
        <h3>{name}</h3>
        {isSelf && <Badge tone="good">{texts.common.you}</Badge>}
        {neighbour.meters.length > 0 && <span class="muted">{words.lastSlot(slot)}</span>}
      </header>
      <table class="home-meters">
        <tbody>
          {neighbour.meters.map((meter) => (
            <MeterRow key={meter.meterId} meter={meter} />
          ))}
        </tbody>
      </table>
      <ul class="home-batches">
        {neighbour.batches.length === 0 && <li class="muted">{words.nothingCommitted}</li>}
        {neighbour.batches.slice(0, SHOWN).map((batch) => (
          <li key={batch.number}>
            <span>{words.batchLine(batch.number, batch.readingCount)}</span>
            <span class="muted">{words.inBlock(batch.blockNumber)}</span>
            <Hash hash={batch.transactionHash} />
          </li>
        ))}
      </ul>
    </article>
  );
}

export function Homes({ model, nameOf }: { model: Model; nameOf: (node: number) => string }) {
  const homes = model.neighbours.value;
  return (
    <Card title={texts.neighbours.homes}>
      <p class="muted">{texts.neighbours.homesDetail}</p>
      {homes.length === 0 ? (
        <Empty>{texts.neighbours.noHomes}</Empty>
      ) : (
        <div class="homes">
          {homes.map((neighbour) => (
            <Home key={neighbour.node} neighbour={neighbour} name={nameOf(neighbour.node)} isSelf={neighbour.node === model.node.value?.id} />
          ))}
        </div>
      )}
    </Card>
  );
}
