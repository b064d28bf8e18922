/**
 * Every part's ratings against the worst that the definition allows.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import { ADC_LINEAR_MV } from "../module.ts";
import { partsOfKind } from "../netlist.ts";
import { partOf } from "../parts.ts";
import type { PartKey, Ratings } from "../parts.ts";
import type { Check } from "./check.ts";

const ratings = (key: PartKey): Ratings => partOf(key).ratings;

/** Lowest and highest voltage of a net against GND, surges and a reversed battery included, in mV. */
export function extremesMv(spec: BoardSpec, net: string): readonly [min: number, max: number] {
  const clampMv = ratings(spec.supply.surgeDiode).clampMv ?? Infinity;
  const [, , railMv] = spec.supply.railMv;
  if (net === "GND") return [0, 0];
  if (net === "V5") return [0, railMv];
  if (net === "3V3") return [0, 3300];
  if (net === "VIN") return [0, clampMv];
  if (net.endsWith("_ADC") || net.endsWith("_GPIO") || net.endsWith("_BASE")) return [-400, 3800];
  if (net.endsWith("_COIL")) return [0, railMv + 1000];
  if (net.endsWith("_OUT")) return [0, railMv];
  if (net === "LOAD" || net.endsWith("_NO") || /_(SENSE|IN)_[PN]$/.test(net)) return [-600, clampMv];
  // The clamp holds its lower end.
  if (net.endsWith("_SENSE")) return [-400, clampMv];
  if (net === "FUSED" || net.endsWith("_SOURCE") || spec.relays.some(({ from }) => from === net)) return [-clampMv, clampMv];
  return [0, 3300];
}

export const voltageRatings: Check = ({ spec, netlist }) =>
  netlist.parts.flatMap(({ ref, part, pins }) => {
    const { kind, ratings: own } = partOf(part);
    const [first, second] = Object.values(pins);
    if (own.voltageMv === undefined || !first || !second || !["capacitor", "electrolytic", "diode", "schottky", "resistor"].includes(kind))
      return [];
    const [[lowA, highA], [lowB, highB]] = [extremesMv(spec, first), extremesMv(spec, second)];
    // A diode's anode comes first: what it must block is the other direction.
    const blocked = kind === "diode" || kind === "schottky" ? highB - lowA : Math.max(highA - lowB, highB - lowA);
    return blocked <= own.voltageMv ? [] : [`${ref} (${partOf(part).number}) bears ${own.voltageMv} mV, but may meet ${blocked} mV`];
  });

export const surgeRatings: Check = ({ spec, netlist }) => {
  const [, batteryMv] = spec.limits.batteryMv;
  const { surge } = spec.limits;
  return partsOfKind(netlist, "tvs").flatMap(({ ref, part }) => {
    const { voltageMv = 0, breakdownMv = 0, pulseMa = 0 } = ratings(part);
    const pulse = (surge.mv - breakdownMv) / surge.ohm;
    return [
      ...(batteryMv <= voltageMv ? [] : [`${ref} already conducts below ${batteryMv} mV`]),
      // The rating is for 1 ms, the surge lasts less.
      ...(pulse <= 1.1 * pulseMa ? [] : [`${ref} bears ${pulseMa} mA, a surge drives ${Math.round(pulse)} mA`]),
    ];
  });
};

export const currentRatings: Check = ({ spec, netlist }) => {
  const { currentMa, batteryMv } = spec.limits;
  const relays = spec.relays.flatMap(({ name, part, fuse }) => {
    const [contact, wire] = [ratings(part), ratings(fuse)];
    const fuseMa = wire.currentMa ?? Infinity;
    return [
      ...((contact.voltageMv ?? 0) >= batteryMv[1] ? [] : [`${name}'s contact is made for ${contact.voltageMv} mV`]),
      ...((wire.voltageMv ?? 0) >= batteryMv[1] ? [] : [`${name}'s fuse is made for ${wire.voltageMv} mV`]),
      ...(fuseMa <= currentMa ? [] : [`${name}'s fuse lets ${fuseMa} mA pass, the board is for ${currentMa} mA`]),
      // A blade fuse may carry 135 % for ten minutes (SAE J1284).
      ...(1.35 * fuseMa <= (contact.currentMa ?? 0) ? [] : [`${name}'s contact does not bear what its fuse lets pass`]),
    ];
  });
  const carriers = [...partsOfKind(netlist, "terminal"), ...partsOfKind(netlist, "hall"), ...partsOfKind(netlist, "lug")].flatMap(
    ({ ref, part }) => {
      return (ratings(part).currentMa ?? 0) >= 1.35 * currentMa ? [] : [`${ref} bears ${ratings(part).currentMa} mA`];
    },
  );
  const shunts = spec.monitors.flatMap(({ name, shunt, shuntMicroohm, rangeMa }) => {
    const powerMw = ((1.35 * currentMa) / 1000) ** 2 * (shuntMicroohm / 1000);
    // ±81.92 mV is the smaller range of the two monitors that fit.
    const spanMicrovolt = (rangeMa * shuntMicroohm) / 1000;
    return [
      ...((ratings(shunt).powerMw ?? 0) >= 2 * powerMw
        ? []
        : [`${name}'s shunt bears ${ratings(shunt).powerMw} mW, it must turn ${Math.round(powerMw)} mW into heat`]),
      ...(spanMicrovolt <= 81_920 ? [] : [`${name}'s shunt gives ${spanMicrovolt} µV at ${rangeMa} mA`]),
      ...(rangeMa >= 1.35 * currentMa ? [] : [`${name} ends at ${rangeMa} mA, before its fuse melts`]),
    ];
  });
  return [...relays, ...carriers, ...shunts];
};

export const supplyRatings: Check = ({ spec }) => {
  const { converter, fuse, reverseDiode, surgeDiode, loadMa } = spec.supply;
  const [inputMin, inputMax] = ratings(converter).inputMv ?? [Infinity, 0];
  const lowest = spec.limits.batteryMv[0] - 800;
  // At 87 % (TSR 1WI data sheet) from the lowest battery.
  const inputMa = (loadMa * spec.supply.railMv[1]) / (0.87 * lowest);
  return [
    ...(lowest >= inputMin ? [] : [`the converter needs ${inputMin} mV, an empty battery leaves ${lowest} mV`]),
    ...((ratings(surgeDiode).clampMv ?? Infinity) <= inputMax
      ? []
      : [`the converter bears ${inputMax} mV, a surge leaves ${ratings(surgeDiode).clampMv} mV`]),
    ...(loadMa <= (ratings(converter).currentMa ?? 0)
      ? []
      : [`the converter gives ${ratings(converter).currentMa} mA, the board takes ${loadMa} mA`]),
    ...(inputMa <= (ratings(fuse).currentMa ?? 0) * 0.75 ? [] : [`the supply's fuse carries ${Math.round(inputMa)} mA`]),
    ...(inputMa <= (ratings(reverseDiode).currentMa ?? 0) ? [] : [`the diode carries ${Math.round(inputMa)} mA`]),
  ];
};

export const monitorRatings: Check = ({ spec, netlist }) =>
  partsOfKind(netlist, "monitor").flatMap(({ ref, part, pins }) => {
    const [, most] = ratings(part).senseMv ?? [0, 0];
    return ["IN+", "IN-", "VBUS"].flatMap((pin) => {
      const [, high] = extremesMv(spec, pins[pin] ?? "GND");
      return high <= most ? [] : [`${ref}.${pin} bears ${most} mV, but may meet ${high} mV`];
    });
  });

export const adcInRange: Check = ({ spec }) => {
  const [least, most] = ADC_LINEAR_MV;
  const ratio = ({ upperOhm, lowerOhm }: { upperOhm: number; lowerOhm: number }): number => lowerOhm / (upperOhm + lowerOhm);
  const voltages = spec.dividers.flatMap((channel) => {
    const high = channel.rangeMv[1] * ratio(channel);
    return high <= most ? [] : [`${channel.name} gives its pin ${Math.round(high)} mV at ${channel.rangeMv[1]} mV`];
  });
  const halls = spec.halls.flatMap((channel) => {
    const [railMin, rail, railMax] = spec.supply.railMv;
    const swing = (channel.rangeMa * channel.mvPerAmp) / 1000 / rail;
    const [low, high] = [(0.5 - swing) * railMin * ratio(channel), (0.5 + swing) * railMax * ratio(channel)];
    return low >= least && high <= most ? [] : [`${channel.name} gives its pin ${Math.round(low)} to ${Math.round(high)} mV`];
  });
  return [...voltages, ...halls];
};
