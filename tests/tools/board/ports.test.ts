import assert from "node:assert/strict";
import { choosePort, explainOpenError } from "#tools/board/ports.ts";

const BOARD = { path: "/dev/ttyUSB0", vendorId: "10c4", productId: "ea60" };

describe("a board's serial port", () => {
  it("is the one with a USB bridge that ESP32 boards have", () => {
    assert.equal(choosePort([{ path: "/dev/ttyS0" }, BOARD, { path: "/dev/ttyACM0", vendorId: "2341" }]), "/dev/ttyUSB0");
  });

  it("is asked for when there is none, and the message says what is there", () => {
    assert.throws(() => choosePort([]), /there is no serial port: plug the board in/);
    assert.throws(() => choosePort([{ path: "/dev/ttyS0" }]), /only \/dev\/ttyS0, none of them an ESP32's/);
  });

  it("is asked for when there are two", () => {
    assert.throws(() => choosePort([BOARD, { path: "/dev/ttyUSB1", vendorId: "1a86" }]), /ttyUSB0 \(Silicon Labs CP210x\), \/dev\/ttyUSB1 .*--port/);
  });

  it("is refused with the next step", () => {
    const explain = (text: string, group: string | null = null): string => explainOpenError("/dev/ttyUSB0", new Error(text), () => group).message;
    const denied = "Error: Permission denied, cannot open /dev/ttyUSB0";
    assert.match(explain(denied), /usermod -aG dialout/);
    assert.match(explain(denied, "uucp"), /no permission on \/dev\/ttyUSB0: add yourself to its group \("sudo usermod -aG uucp \$USER"\)/);
    assert.match(explain(denied, "root"), /its group is root/);
    assert.match(explain("Error: No such file or directory, cannot open /dev/ttyUSB0"), /plugged in/);
    assert.match(explain("Error Resource temporarily unavailable Cannot lock port"), /close the other program/);
    assert.match(explain("what"), /does not open: what/);
  });
});
