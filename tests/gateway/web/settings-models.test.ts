import assert from "node:assert/strict";
import fc from "fast-check";
import { newTariff } from "#gateway/api/schemas/tariffs.ts";
import { storeSettings } from "#gateway/api/schemas/storage.ts";
import { changeWords } from "#gateway/web/app/pages/settings/change-words.ts";
import { clientName } from "#gateway/web/app/pages/settings/client-name.ts";
import { dataFormOf, storeSettingsOf } from "#gateway/web/app/pages/settings/data-form.ts";
import { emptyTariff, microText, newBand, parseMicro, saysMore, tariffFormOf, tariffOf } from "#gateway/web/app/pages/settings/tariff-form.ts";

const TARIFF = {
  name: "City power",
  currency: "EUR",
  timeZone: "Europe/Paris",
  validFrom: "2026-01-01",
  bands: [
    { name: "day", importMicroPerKwh: 227_600, exportMicroPerKwh: -1000, windows: [] },
    {
      name: "night",
      importMicroPerKwh: 182_800,
      exportMicroPerKwh: 0,
      windows: [
        { from: "22:30", to: "06:30", weekdays: ["monday" as const] },
        { from: "12:00", to: "14:00" },
      ],
    },
  ],
  fixed: { micro: 12_440_000, per: "month" as const },
  subscribedPowerW: 6000,
  meters: [`0x${"5e".repeat(32)}`],
};

describe("a tariff that is typed", () => {
  it("writes money so that it is read back, with two places at least", () => {
    fc.assert(fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), (micro) => assert.equal(parseMicro(microText(micro)), micro)));
    assert.deepEqual([0, 227_600, 12_440_000, -5].map(microText), ["0.00", "0.2276", "12.44", "-0.000005"]);
  });

  it("keeps what the form does not show when it is saved as it was", () => {
    const read = tariffOf(tariffFormOf(TARIFF), TARIFF);
    assert.ok("tariff" in read);
    const byName = (bands: readonly { name: string }[]) => [...bands].sort((a, b) => a.name.localeCompare(b.name));
    assert.deepEqual({ ...read.tariff, bands: byName(read.tariff.bands) }, { ...TARIFF, bands: byName(TARIFF.bands) });
    assert.equal(saysMore(TARIFF), true);
  });

  it("is one that the gateway takes", () => {
    const form = { ...emptyTariff("Europe/Paris", "2026-03-01"), name: "New", fixed: "9,50" };
    const [last] = form.bands;
    assert.ok(last !== undefined);
    const bands = [{ ...newBand(), name: "night", importPrice: "0.18" }, { ...last, importPrice: "0.22" }];
    const read = tariffOf({ ...form, bands }, null);
    assert.ok("tariff" in read);
    assert.deepEqual(newTariff.parse(read.tariff), read.tariff);
  });

  it("names every field that is wrong", () => {
    const form = emptyTariff("", "");
    const bands = [{ ...newBand(), to: "25:00" }, ...form.bands];
    const read = tariffOf({ ...form, currency: "euro", fixed: "-1", subscribed: "many", bands }, null);
    assert.ok("wrong" in read);
    assert.deepEqual(
      read.wrong.toSorted(),
      ["0.importPrice", "0.name", "0.to", "1.importPrice", "currency", "fixed", "name", "subscribed", "timeZone", "validFrom"].toSorted(),
    );
  });
});

describe("the storage's settings that are typed", () => {
  const settings = {
    timeZone: "UTC",
    packAfterDays: 30,
    packUnbatchedAfterDays: 400,
    keepReadingsMonths: null,
    keepMinutesDays: 90,
    lowDiskBytes: 512 * 1_048_576,
    fullDiskBytes: 128 * 1_048_576,
  };

  it("come back as they were, and as the gateway takes them", () => {
    assert.deepEqual(storeSettingsOf(dataFormOf(settings)), { settings });
    assert.deepEqual(storeSettings.parse(settings), settings);
  });

  it("name the fields that are no whole number", () => {
    const form = { ...dataFormOf(settings), packAfterDays: "", keepMinutesDays: "1.5", fullDiskBytes: "-1" };
    assert.deepEqual(storeSettingsOf(form), { wrong: ["packAfterDays", "keepMinutesDays", "fullDiskBytes"] });
  });
});

describe("the log of changes", () => {
  it("says what became different, and nothing of what did not", () => {
    assert.equal(changeWords({ name: "Mira", role: "guest" }, { name: "Mira", role: "member" }), "role: guest → member");
    assert.equal(changeWords(null, { name: "Hall", meters: 2 }), "name: Hall, meters: 2");
    assert.equal(changeWords({ bands: [1] }, { bands: [1, 2] }), "bands: [1] → [1,2]");
    assert.equal(changeWords(null, null), "");
  });
});

describe("a browser's name", () => {
  it("is that under which people know it", () => {
    const chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36";
    const safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/604.1";
    assert.deepEqual([chrome, safari, `${chrome} Edg/120.0`, "curl/8.5"].map(clientName), ["Chrome, Android", "Safari, iOS", "Edge, Android", null]);
  });
});
