/**
 * Which source feeds the load, and which relays that closes: a state machine without I/O. Times are ms since boot.
 *
 * In each turn, danger comes first, then what has run out (a lock-out, an override), then the choice: by hand where somebody holds a source
 * that can feed, else by the limits.
 * @module
 */
import { RelayBank } from "./relay-bank.ts";
import { CAUSE, SOURCE } from "../wire/records.ts";
import type { Cause, Source } from "../wire/records.ts";
import type { PolicySettings } from "../wire/commands.ts";
import type { Wiring } from "./wiring.ts";

/** The bus must stay above or below its limit for so long; a closing contact makes it dip. */
const BUS_SETTLE_MS = 500;
/** A live bus is given up below this share of the limit. */
const BUS_HYSTERESIS = 0.9;
/** Each trip in a row doubles the lock-out, so many times at most. */
const MAX_DOUBLINGS = 6;
/** Stands for the channel of a fault that is not a channel's: a charge that is none. */
const NO_CHANNEL = -1;

export interface PolicyOptions {
  role: "consumer" | "producer";
  settings: PolicySettings;
  wiring: Wiring;
  /** How many relays the board has. */
  relays: number;
  /** Period of the control loop. */
  controlMs: number;
}

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

/** What happened and why, with the source in force after it; see {@link CAUSE} for the units of value and limit. */
export interface PolicyEvent {
  source: Source;
  cause: Cause;
  value: number;
  limit: number;
}

/** A source held by hand. */
interface Override {
  source: Source;
  untilMs: number;
  told: boolean;
}

function event(source: Source, cause: Cause, value: number, limit: number): PolicyEvent {
  return { source, cause, value, limit };
}

export class Policy {
  source: Source;
  /** Closed relays, one bit each. */
  relays: number;
  /** Replaced whole, by settings that were checked. */
  settings: PolicySettings;
  private readonly producer: boolean;
  private readonly closed: number[];
  private readonly bank: RelayBank;
  private sinceMs: number;
  private busLive: boolean;
  private busChangeMs: number;
  /** Why the board is off; decides when and under which cause it leaves. */
  private offCause: Cause;
  private lastFault: number;
  private trips: number;
  private lockedUntilMs: number;
  private locked: boolean;
  private held: Override | null;

  /** Starts off, with all relays open, at uptime zero. */
  constructor(options: PolicyOptions) {
    this.source = SOURCE.off;
    this.relays = 0;
    this.settings = options.settings;
    this.producer = options.role === "producer";
    this.closed = options.wiring.closed;
    this.bank = new RelayBank(options.relays, options.wiring.interlocks, options.controlMs);
    this.sinceMs = 0;
    this.busLive = false;
    this.busChangeMs = 0;
    this.offCause = CAUSE.boot;
    this.lastFault = NO_CHANNEL;
    this.trips = 0;
    this.lockedUntilMs = 0;
    this.locked = false;
    this.held = null;
  }

  /**
   * Holds a source from now on; 0 ms ends that. Protection, interlocks, dead time and shortest times stay in force, and a source that cannot
   * feed (a battery at its reserve, a dead bus) is held only while it can. Throws where a board of this role has no such source.
   */
  override(source: Source, durationMs: number, nowMs: number): void {
    const own = this.producer ? SOURCE.keep : SOURCE.own;
    if (source !== SOURCE.off && source !== own && source !== own + 1) throw new Error("override: this board has no source " + source);
    if (durationMs > 0) this.held = { source, untilMs: nowMs + durationMs, told: false };
    else if (this.held) this.held.untilMs = nowMs;
  }

  /** Decides on the newest measurements and sets {@link relays}. Returns what happened, if anything. */
  step(input: PolicyInput): PolicyEvent | null {
    const { nowMs } = input;
    this.watchBus(input.busMv, nowMs);
    const next = this.protect(input) || this.runOut(input) || (this.blocked(input) ? null : this.choose(input));
    if (next && next.source !== this.source) {
      if (next.source === SOURCE.off) this.offCause = next.cause;
      this.source = next.source;
      this.sinceMs = nowMs;
    }
    this.relays = this.bank.drive(this.closed[this.source] || 0, this.settings.deadTimeMs, nowMs);
    return next;
  }

  /** What opens all relays at once: over-current, then a measurement that cannot be trusted. */
  private protect(input: PolicyInput): PolicyEvent | null {
    const { nowMs, currentMa, chargePermille } = input;
    const { tripMa, lockoutMs } = this.settings;
    const closed = this.source !== SOURCE.off;
    // Not "currentMa > tripMa": what is no number trips too.
    if (!(currentMa <= tripMa)) {
      this.lockedUntilMs = nowMs + lockoutMs * Math.pow(2, Math.min(this.trips, MAX_DOUBLINGS));
      this.locked = true;
      if (!closed) return null;
      this.trips++;
      return event(SOURCE.off, CAUSE.overCurrent, currentMa, tripMa);
    }
    const charged = chargePermille !== null && chargePermille >= 0 && chargePermille <= 1000;
    if (input.staleChannel >= 0 || (closed && !charged)) {
      this.lastFault = input.staleChannel;
      // Recovery counts from the end of the fault.
      if (!closed) this.sinceMs = nowMs;
      return closed ? event(SOURCE.off, CAUSE.sensorFault, input.staleChannel, 0) : null;
    }
    // As long without a trip as the last lock-out was: forgiven.
    if (closed && this.trips > 0 && nowMs - this.sinceMs > lockoutMs * Math.pow(2, this.trips)) this.trips = 0;
    return null;
  }

  /** Ends of what was in force for a time. The source stays; the next turn chooses anew. */
  private runOut({ nowMs, currentMa }: PolicyInput): PolicyEvent | null {
    if (this.locked && nowMs >= this.lockedUntilMs) {
      this.locked = false;
      return event(this.source, CAUSE.lockoutOver, currentMa, this.settings.tripMa);
    }
    if (!this.held || nowMs < this.held.untilMs) return null;
    this.held = null;
    return event(this.source, CAUSE.overrideOver, 0, 0);
  }

  private blocked(input: PolicyInput): boolean {
    const charge = input.chargePermille;
    // Not "charge < 0 || charge > 1000": what is no number blocks too.
    if (charge === null || !(charge >= 0 && charge <= 1000) || input.staleChannel >= 0 || this.locked) return true;
    const { minOnMs, minOffMs } = this.settings;
    // A load on a dead bus has no supply to lose.
    if (this.source === SOURCE.bus && !this.busLive) return false;
    return input.nowMs - this.sinceMs < (this.source === SOURCE.off ? minOffMs : minOnMs);
  }

  private choose(input: PolicyInput): PolicyEvent | null {
    const charge = input.chargePermille || 0;
    const { held } = this;
    if (held && this.canFeed(held.source, charge)) {
      if (held.told && held.source === this.source) return null;
      held.told = true;
      return event(held.source, CAUSE.override, Math.ceil((held.untilMs - input.nowMs) / 1000), 0);
    }
    return this.producer ? this.chooseProducer(charge) : this.chooseConsumer(charge, input.busMv);
  }

  private canFeed(source: Source, charge: number): boolean {
    if (source === SOURCE.bus) return this.busLive;
    return source === SOURCE.off || source === SOURCE.keep || charge > this.settings.reservePermille;
  }

  private chooseConsumer(charge: number, busMv: number): PolicyEvent | null {
    const { lowPermille, highPermille, reservePermille, busLiveMv } = this.settings;
    if (this.source === SOURCE.bus) {
      if (charge >= highPermille) return event(SOURCE.own, CAUSE.batteryRecovered, charge, highPermille);
      if (this.busLive) return null;
      return event(charge > reservePermille ? SOURCE.own : SOURCE.off, CAUSE.busDead, busMv, busLiveMv);
    }
    if (charge <= lowPermille && this.busLive) {
      if (this.source === SOURCE.off && this.drained()) return event(SOURCE.bus, CAUSE.busLive, busMv, busLiveMv);
      return event(SOURCE.bus, CAUSE.batteryLow, charge, lowPermille);
    }
    if (this.source === SOURCE.own) {
      return charge <= reservePermille ? event(SOURCE.off, CAUSE.batteryLow, charge, reservePermille) : null;
    }
    const limit = this.drained() ? lowPermille : reservePermille;
    return charge > limit ? this.leaveOff(SOURCE.own, event(SOURCE.own, CAUSE.batteryRecovered, charge, limit)) : null;
  }

  private chooseProducer(charge: number): PolicyEvent | null {
    const { reservePermille, giveAbovePermille } = this.settings;
    if (this.source === SOURCE.off) return this.leaveOff(SOURCE.keep, event(SOURCE.keep, CAUSE.boot, 0, 0));
    if (this.source === SOURCE.keep && charge >= giveAbovePermille) {
      return event(SOURCE.give, CAUSE.reserveRecovered, charge, giveAbovePermille);
    }
    if (this.source === SOURCE.give && charge <= reservePermille) {
      return event(SOURCE.keep, CAUSE.reserveReached, charge, reservePermille);
    }
    return null;
  }

  /** Off because nothing could feed the load, rather than by a fault. */
  private drained(): boolean {
    return this.offCause === CAUSE.batteryLow || this.offCause === CAUSE.busDead;
  }

  /** Leaving off after a fault names the fault that is over. */
  private leaveOff(source: Source, natural: PolicyEvent): PolicyEvent {
    return this.offCause === CAUSE.sensorFault ? event(source, CAUSE.sensorRecovered, this.lastFault, 0) : natural;
  }

  private watchBus(busMv: number, nowMs: number): void {
    const { busLiveMv } = this.settings;
    const live = this.busLive ? busMv >= busLiveMv * BUS_HYSTERESIS : busMv >= busLiveMv;
    if (live === this.busLive) this.busChangeMs = nowMs;
    else if (nowMs - this.busChangeMs >= BUS_SETTLE_MS) this.busLive = live;
  }
}
