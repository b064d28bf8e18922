import assert from "node:assert/strict";
import { WifiKeeper, type WifiHost } from "#firmware/drivers/wifi.ts";

class Radio implements WifiHost {
  readonly attempts: number[] = [];
  nowMs = 0;
  throwing = false;
  private readonly listeners: Record<string, () => void> = {};

  connect(ssid: string, options: { password: string }): void {
    assert.deepEqual([ssid, options], ["village", { password: "secret" }]);
    this.attempts.push(this.nowMs);
    if (this.throwing) throw new Error("radio");
  }

  on(event: "connected" | "disconnected", listener: () => void): void {
    this.listeners[event] = listener;
  }

  emit(event: "connected" | "disconnected"): void {
    this.listeners[event]?.();
  }
}

function bench(): { radio: Radio; keeper: WifiKeeper; ups: number[]; run: (forMs: number) => void } {
  const radio = new Radio();
  const ups: number[] = [];
  const keeper = new WifiKeeper(radio, "village", "secret", () => ups.push(radio.nowMs));
  const run = (forMs: number): void => {
    for (const end = radio.nowMs + forMs; radio.nowMs < end; radio.nowMs += 100) keeper.tick(radio.nowMs);
  };
  return { radio, keeper, ups, run };
}

describe("wi-fi", () => {
  it("connects at once, says when it is up, and leaves it alone while it is", () => {
    const { radio, keeper, ups, run } = bench();
    run(300);
    radio.emit("connected");
    radio.emit("connected");
    run(3_600_000);
    assert.deepEqual([keeper.up, radio.attempts, ups], [true, [0], [300]]);
  });

  it("tries again for ever, after pauses that double, where no answer ever comes", () => {
    const { radio, run } = bench();
    run(24 * 3_600_000);
    assert.deepEqual(radio.attempts.slice(0, 5), [0, 22000, 46000, 74000, 110000]);
    const [before = NaN, last = NaN] = radio.attempts.slice(-2);
    assert.equal(last - before, 140000);
  });

  it("tries again at once when it was disconnected, however often", () => {
    const { radio, keeper, ups, run } = bench();
    for (let i = 0; i < 5; i++) {
      run(100);
      radio.emit("connected");
      run(1000);
      radio.emit("disconnected");
      assert.equal(keeper.up, false);
    }
    run(100);
    assert.deepEqual([radio.attempts.length, ups.length], [6, 5]);
  });

  it("does not hurry for a radio that reports each failed try", () => {
    const { radio, run } = bench();
    for (let i = 0; i < 100; i++) {
      run(100);
      radio.emit("disconnected");
    }
    assert.equal(radio.attempts.length, 1);
  });

  it("takes a radio that throws for one that did not connect", () => {
    const { radio, run } = bench();
    radio.throwing = true;
    run(60000);
    assert.deepEqual(radio.attempts, [0, 22000, 46000]);
  });
});
