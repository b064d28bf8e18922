/**
 * Every home of the community as the chain tells it: energy of its last slot, and its newest batches.
 * @module
 */
import type { Neighbour } from "#gateway/api/schemas/chain.ts";
import { Badge } from "../../components/badge.tsx";
import { slotEnergy } from "../../format.ts";
import type { Model } from "../../model.ts";
import { texts } from "../../texts.ts";
import { Hash } from "../../components/hash.tsx";

/** Batches of a home that are shown. */
const SHOWN = 3;

function MeterRow({ meter }: { meter: Neighbour["meters"][number] }) {
  const { slotImportMwh, slotExportMwh } = meter;
  return (
    <tr>
      <th scope="row">{texts.common.meterKinds[meter.kind]}</th>
      {slotImportMwh === null || slotExportMwh === null ? (
        <td colSpan={2} class="number muted">
          {texts.neighbours.firstCheckpoint}
        </td>
      ) : (
        <>
          <td class="number">
            {slotEnergy(slotImportMwh)} {texts.neighbours.slotIn}
          </td>
          <td class="number">
            {slotEnergy(slotExportMwh)} {texts.neighbours.slotOut}
          </td>
        </>
      )}
    </tr>
  );
}

/** @param selfName this home's own name, when it is this one: of the others the chain knows only numbers. */
function Home({ neighbour, selfName }: { neighbour: Neighbour; selfName: string | null }) {
  const slot = Math.max(...neighbour.meters.map((meter) => meter.slot));
  return (
    <article class="home">
      <header>
        <h3>{selfName ?? texts.common.home(neighbour.node)}</h3>
        {selfName !== null && <Badge tone="good">{texts.common.you}</Badge>}
        {neighbour.meters.length > 0 && <span class="muted">{texts.neighbours.lastSlot(slot)}</span>}
      </header>
      <table class="home-meters">
        <tbody>
          {neighbour.meters.map((meter) => (
            <MeterRow key={meter.meterId} meter={meter} />
          ))}
        </tbody>
      </table>
      <ul class="home-batches">
        {neighbour.batches.length === 0 && <li class="muted">{texts.neighbours.nothingCommitted}</li>}
        {neighbour.batches.slice(0, SHOWN).map((batch) => (
          <li key={batch.number}>
            <span>{texts.neighbours.batchLine(batch.number, batch.readingCount)}</span>
            <span class="muted">{texts.neighbours.inBlock(batch.blockNumber)}</span>
            <Hash hash={batch.transactionHash} />
          </li>
        ))}
      </ul>
    </article>
  );
}

export function Neighbours({ model }: { model: Model }) {
  const homes = model.neighbours.value;
  const node = model.node.value;
  return (
    <section class="card" aria-labelledby="neighbours">
      <h2 id="neighbours">{texts.neighbours.neighbours}</h2>
      <p class="muted">{texts.neighbours.neighboursDetail}</p>
      {homes.length === 0 ? (
        <p class="empty">{texts.neighbours.noNeighbours}</p>
      ) : (
        <div class="homes">
          {homes.map((neighbour) => (
            <Home key={neighbour.node} neighbour={neighbour} selfName={neighbour.node === node?.id ? node.name : null} />
          ))}
        </div>
      )}
    </section>
  );
}
