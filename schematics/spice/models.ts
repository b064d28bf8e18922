/**
 * SPICE models of the parts: fitted by hand to a few points of the data sheets named with them.
 * @module
 */
import type { PartKey } from "../parts.ts";

/** Device models by name. */
export const MODELS = `
* 1N4007: 0.93 V at 1 A
.model rectifier D(IS=7e-9 N=1.8 RS=0.03 BV=1000 IBV=5u CJO=15p TT=4u)
* BAT46: 0.25 V at 0.1 mA, 0.45 V at 10 mA
.model clamp D(IS=2e-8 N=1.05 RS=8 BV=100 IBV=5u CJO=10p)
* SB1H100: 0.69 V at 1 A
.model schottky100v D(IS=5e-9 N=1.2 RS=0.09 BV=100 IBV=5u CJO=100p)
* SB560: 0.57 V at 5 A
.model schottky60v D(IS=1e-6 N=1.05 RS=0.03 BV=60 IBV=0.5m CJO=400p)
* 1.5KE33CA: one half of it; 33 V at 1 mA, 45.7 V at 33 A, both halves in series
.model tvs D(IS=1e-14 N=1 RS=0.19 BV=32.3 IBV=1m CJO=1n)
* WP7113GD: 1.9 V at 1.3 mA
.model led D(IS=1e-18 N=2 RS=10)
* Input of a power monitor: its own protection
.model esd D(IS=1e-14 N=1 RS=1)
`;

/** SPICE model of each diode. */
export const DIODE_MODELS: Partial<Record<PartKey, string>> = {
  rectifier: "rectifier",
  clamp: "clamp",
  schottky100v: "schottky100v",
  schottky60v: "schottky60v",
  led: "led",
};

/** BC337-40; its least gain at 100 mA is 250, and `gain` may be set lower for hot days and other groups. */
export function transistorModel(gain: number): string {
  return `.model npn NPN(IS=5e-14 BF=${gain} VAF=100 IKF=0.5 RB=10 RC=0.3 RE=0.1 CJC=8p CJE=30p TF=0.6n TR=60n)`;
}

/** Coil of an SRD-05VDC-SL-C: 70 Ω; its inductance is not in the data sheet, and was taken from measurements of its size of relay. */
export const COIL_HENRY = 0.12;
/** Contact closed, fuse link cold (Littelfuse 287 and 218). */
export const CONTACT_OHM = 0.03;
export const FUSE_OHM: Partial<Record<PartKey, number>> = { fuse5a: 0.016, fuse1a: 0.15 };
/** Primary conductor of an ACS712, and its supply current at 5 V. */
export const HALL_OHM = 0.0012;
export const HALL_SUPPLY_OHM = 500;
/** INA228 (SBOSA20, 6.5): between its current inputs, and from its voltage input to ground. */
export const MONITOR_INPUT_OHM = 92_000;
export const MONITOR_BUS_OHM = 1_000_000;
export const BUCK_EFFICIENCY = 0.87;
/** Resistance that stands for "open". */
export const OPEN_OHM = 1e9;
