/**
 * Keeps Wi-Fi connected for ever. The radio gives up after three tries, and older builds never say so; hence a clock of our own.
 * @module
 */

export interface WifiHost {
  connect(ssid: string, options: { password: string }, done: (error: unknown) => void): void;
  on(event: "connected" | "disconnected", listener: () => void): void;
}

const ATTEMPT_MS = 20000;
const MIN_PAUSE_MS = 2000;
const MAX_PAUSE_MS = 120000;

export class WifiKeeper {
  /** Associated, and with an address. */
  up: boolean;
  private readonly host: WifiHost;
  private readonly ssid: string;
  private readonly password: string;
  private dueMs: number;
  private pauseMs: number;
  private trying: boolean;

  /** @param onUp is called whenever the network came up. */
  constructor(host: WifiHost, ssid: string, password: string, onUp: () => void) {
    this.up = false;
    this.host = host;
    this.ssid = ssid;
    this.password = password;
    this.dueMs = 0;
    this.pauseMs = MIN_PAUSE_MS;
    this.trying = false;
    host.on("connected", () => {
      if (this.up) return;
      this.up = true;
      this.trying = false;
      this.pauseMs = MIN_PAUSE_MS;
      onUp();
    });
    // The next turn tries again.
    host.on("disconnected", () => {
      if (this.up) this.dueMs = 0;
      this.up = false;
    });
  }

  /** Starts an attempt when one is due; an attempt that nothing came of is followed by a pause that doubles each time. */
  tick(nowMs: number): void {
    if (this.up || nowMs < this.dueMs) return;
    this.trying = !this.trying;
    if (!this.trying) {
      this.dueMs = nowMs + this.pauseMs;
      this.pauseMs = Math.min(MAX_PAUSE_MS, this.pauseMs * 2);
      return;
    }
    this.dueMs = nowMs + ATTEMPT_MS;
    try {
      this.host.connect(this.ssid, { password: this.password }, () => {});
    } catch {
      // Counts as an attempt that nothing came of.
    }
  }
}
