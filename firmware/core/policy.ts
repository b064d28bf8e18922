/**
 * Which source feeds the load, and which relays that closes: a state machine without I/O. Times are ms since boot.
 *
 * Consumer: K1 connects its own battery to the load, K2 the neighbours' bus, never both. Producer: K1 connects its battery to its own
 * load, K2 to the bus.
 * @module
 */
import { CAUSE, SOURCE } from "../wire/records.ts";
import type { Cause, Source } from "../wire/records.ts";
import type { PolicySettings } from "../wire/commands.ts";

/** Closed relays by source, one bit each. */
const RELAYS: number[] = [];
RELAYS[SOURCE.off] = 0;
RELAYS[SOURCE.own] = 1;
RELAYS[SOURCE.bus] = 2;
RELAYS[SOURCE.keep] = 1;
RELAYS[SOURCE.give] = 3;

/** The bus must stay above or below its limit for so long; a closing contact makes it dip. */
const BUS_SETTLE_MS = 500;
/** A live bus is given up below this share of the limit. */
const BUS_HYSTERESIS = 0.9;
/** Each trip in a row doubles the lock-out, so many times at most. */
const MAX_DOUBLINGS = 6;

export interface PolicyInput {
  nowMs: number;
  /** Null before the first measurement. */
  chargePermille: number | null;
  /** Larger magnitude of the currents, in mA; the newest that were measured, plausible or not yet stale. */
  currentMa: number;
  busMv: number;
  /** Index of a stale channel, or -1. */
  staleChannel: number;
}

/** A change of source and why; see {@link CAUSE} for the units of value and limit. */
export interface SourceChange {
  source: Source;
  cause: Cause;
  value: number;
  limit: number;
}

function change(source: Source, cause: Cause, value: number, limit: number): SourceChange {
  return { source, cause, value, limit };
}

export class Policy {
  source: Source;
  /** Closed relays, one bit each. */
  relays: number;
  private readonly settings: PolicySettings;
  private readonly producer: boolean;
  private sinceMs: number;
  private openedMs: number;
  private busLive: boolean;
  private busChangeMs: number;
  /** Why the board is off; decides when and under which cause it leaves. */
  private offCause: Cause;
  private lastFault: number;
  private trips: number;
  private lockedUntilMs: number;

  /** Starts off, with all relays open, at uptime zero. */
  constructor(role: "consumer" | "producer", settings: PolicySettings) {
    this.source = SOURCE.off;
    this.relays = 0;
    this.settings = settings;
    this.producer = role === "producer";
    this.sinceMs = 0;
    this.openedMs = 0;
    this.busLive = false;
    this.busChangeMs = 0;
    this.offCause = CAUSE.boot;
    this.lastFault = 0;
    this.trips = 0;
    this.lockedUntilMs = 0;
  }

  /** Decides on the newest measurements and sets {@link relays}. Returns the change of source, if any. */
  step(input: PolicyInput): SourceChange | null {
    const { nowMs } = input;
    this.watchBus(input.busMv, nowMs);
    const next = this.protect(input) || (this.blocked(input) ? null : this.choose(input));
    if (next && next.source === SOURCE.off) this.offCause = next.cause;
    if (next) {
      this.source = next.source;
      this.sinceMs = nowMs;
    }
    this.drive(nowMs);
    return next;
  }

  /** What opens all relays at once: over-current, then a sensor that cannot be trusted. */
  private protect(input: PolicyInput): SourceChange | null {
    const { nowMs, currentMa, staleChannel } = input;
    const { tripMa, lockoutMs } = this.settings;
    const closed = this.source !== SOURCE.off;
    // Not "currentMa > tripMa": what is no number trips too.
    if (!(currentMa <= tripMa)) {
      this.lockedUntilMs = nowMs + lockoutMs * Math.pow(2, Math.min(this.trips, MAX_DOUBLINGS));
      if (!closed) return null;
      this.trips++;
      return change(SOURCE.off, CAUSE.overCurrent, currentMa, tripMa);
    }
    if (staleChannel >= 0) {
      this.lastFault = staleChannel;
      // Recovery counts from the end of the fault.
      if (!closed) this.sinceMs = nowMs;
      return closed ? change(SOURCE.off, CAUSE.sensorFault, staleChannel, 0) : null;
    }
    // As long without a trip as the last lock-out was: forgiven.
    if (closed && this.trips > 0 && nowMs - this.sinceMs > lockoutMs * Math.pow(2, this.trips)) this.trips = 0;
    return null;
  }

  private blocked(input: PolicyInput): boolean {
    if (input.chargePermille === null || input.staleChannel >= 0 || input.nowMs < this.lockedUntilMs) return true;
    const { minOnMs, minOffMs } = this.settings;
    // A load on a dead bus has no supply to lose.
    if (this.source === SOURCE.bus && !this.busLive) return false;
    return input.nowMs - this.sinceMs < (this.source === SOURCE.off ? minOffMs : minOnMs);
  }

  private choose(input: PolicyInput): SourceChange | null {
    const charge = input.chargePermille || 0;
    return this.producer ? this.chooseProducer(charge) : this.chooseConsumer(charge, input.busMv);
  }

  private chooseConsumer(charge: number, busMv: number): SourceChange | null {
    const { lowPermille, highPermille, reservePermille, busLiveMv } = this.settings;
    if (this.source === SOURCE.bus) {
      if (charge >= highPermille) return change(SOURCE.own, CAUSE.batteryRecovered, charge, highPermille);
      if (this.busLive) return null;
      return change(charge > reservePermille ? SOURCE.own : SOURCE.off, CAUSE.busDead, busMv, busLiveMv);
    }
    if (charge <= lowPermille && this.busLive) {
      if (this.source === SOURCE.off && this.drained()) return change(SOURCE.bus, CAUSE.busLive, busMv, busLiveMv);
      return change(SOURCE.bus, CAUSE.batteryLow, charge, lowPermille);
    }
    if (this.source === SOURCE.own) {
      return charge <= reservePermille ? change(SOURCE.off, CAUSE.batteryLow, charge, reservePermille) : null;
    }
    const limit = this.drained() ? lowPermille : reservePermille;
    return charge > limit ? this.leaveOff(SOURCE.own, change(SOURCE.own, CAUSE.batteryRecovered, charge, limit)) : null;
  }

  private chooseProducer(charge: number): SourceChange | null {
    const { reservePermille, giveAbovePermille } = this.settings;
    if (this.source === SOURCE.off) return this.leaveOff(SOURCE.keep, change(SOURCE.keep, CAUSE.boot, 0, 0));
    if (this.source === SOURCE.keep && charge >= giveAbovePermille) {
      return change(SOURCE.give, CAUSE.reserveRecovered, charge, giveAbovePermille);
    }
    if (this.source === SOURCE.give && charge <= reservePermille) {
      return change(SOURCE.keep, CAUSE.reserveReached, charge, reservePermille);
    }
    return null;
  }

  /** Off because nothing could feed the load, rather than by a fault. */
  private drained(): boolean {
    return this.offCause === CAUSE.batteryLow || this.offCause === CAUSE.busDead;
  }

  /** Leaving off after a fault names the fault that is over; an over-current event within its limit ends the lock-out. */
  private leaveOff(source: Source, natural: SourceChange): SourceChange {
    if (this.offCause === CAUSE.overCurrent) return change(source, CAUSE.overCurrent, 0, this.settings.tripMa);
    if (this.offCause === CAUSE.sensorFault) return change(source, CAUSE.sensorRecovered, this.lastFault, 0);
    return natural;
  }

  private watchBus(busMv: number, nowMs: number): void {
    const { busLiveMv } = this.settings;
    const live = this.busLive ? busMv >= busLiveMv * BUS_HYSTERESIS : busMv >= busLiveMv;
    if (live === this.busLive) this.busChangeMs = nowMs;
    else if (nowMs - this.busChangeMs >= BUS_SETTLE_MS) this.busLive = live;
  }

  /** Opens at once; closes only when every contact that had to open has been open for the dead time. */
  private drive(nowMs: number): void {
    const wanted = RELAYS[this.source] || 0;
    const kept = this.relays & wanted;
    if (kept !== this.relays) this.openedMs = nowMs;
    this.relays = kept;
    if (nowMs - this.openedMs >= this.settings.deadTimeMs) this.relays = wanted;
  }
}
