// What a Linux build of Espruino lacks of an ESP32, as `.boot0` in its Storage; it runs before the firmware. Written for Espruino, not for
// Node: no hoisting, no spread. The host puts `const HOST = { port, noiseLsb };` in front of it. Its counterpart is `bridge.ts`.

(function () {
  const builtin = require;
  const levels = {};
  let codes = {};
  let online = false;
  let accessPoint = true;
  let watchdogMs = 0;
  let kickedAt = 0;

  echo(0);

  // ---- The host, over loopback UDP: it sends ADC codes and the access point's state, and is sent levels and the watchdog's state.
  const bridge = builtin("dgram").createSocket("udp4");
  const tell = function () {
    // A clock that was set says nothing of how long ago the kick was.
    const ago = (getTime() - kickedAt) * 1000;
    const kickedMsAgo = ago >= 0 && ago < 60000 ? ago : 0;
    bridge.send(JSON.stringify({ levels: levels, watchdogMs: watchdogMs, kickedMsAgo: kickedMsAgo }), HOST.port, "127.0.0.1");
  };
  bridge.bind(0);

  // ---- Pins. Codes come with the converter's curve in them; noise, rounding and the ends of the range are added here, sample by sample.
  global.analogRead = function (pin) {
    const code = codes[pin];
    if (code === undefined) throw new Error(pin + " is no ADC1 pin, or has no voltage yet");
    // Three uniform deviates have a standard deviation of a half.
    const noise = (Math.random() + Math.random() + Math.random() - 1.5) * 2 * HOST.noiseLsb;
    return Math.min(4095, Math.max(0, Math.round(code + noise))) / 4096;
  };
  global.digitalWrite = function (pin, value) {
    const level = value ? 1 : 0;
    if (levels[pin] === level) return;
    levels[pin] = level;
    tell();
  };

  global.digitalRead = function () {
    return 1;
  };
  global.pinMode = function () {};

  // ---- Flash: `flash.bin` in the working directory, as the fake has it. Linux' own flash is shared with Storage and lies elsewhere.
  const START = 0x310000;
  const BYTES = 0x10000;
  const SECTOR = 0x1000;
  // Storage is the interpreter's own, all of its 256 KB; on an ESP32 it would begin here.
  const STORAGE = 0x320000;
  const OWN = 0x10000000 - STORAGE;
  const file = E.openFile("flash.bin", "r+");
  const offsetOf = function (address, length) {
    const offset = address - START;
    if (offset < 0 || offset + length > BYTES) throw new Error("Flash: outside of the free region at 0x310000");
    return offset;
  };
  const readAt = function (offset, length) {
    file.seek(offset);
    return E.toUint8Array(file.read(length));
  };
  const writeAt = function (offset, bytes) {
    file.seek(offset);
    file.write(E.toString(bytes));
  };
  const flash = {
    read: function (length, address) {
      if (address >= STORAGE) return builtin("Flash").read(length, address + OWN);
      return readAt(offsetOf(address, length), length);
    },
    write: function (data, address) {
      if (address >= STORAGE) {
        builtin("Flash").write(data, address + OWN);
        return;
      }
      const offset = offsetOf(address, data.length);
      if (offset % 4 || data.length % 4) throw new Error("Flash: writes are aligned to 4 bytes");
      const bytes = readAt(offset, data.length);
      for (let i = 0; i < data.length; i++) bytes[i] &= data[i];
      writeAt(offset, bytes);
    },
    erasePage: function (address) {
      if (address >= STORAGE) {
        builtin("Flash").erasePage((address + OWN) | 0);
        return;
      }
      const offset = offsetOf(address, 1);
      writeAt(offset - (offset % SECTOR), new Uint8Array(SECTOR).fill(255));
    },
    getPage: function (address) {
      if (address >= STORAGE) {
        const page = builtin("Flash").getPage(address + OWN);
        return { addr: page.addr - OWN, length: page.length };
      }
      const offset = offsetOf(address, 1);
      return { addr: START + offset - (offset % SECTOR), length: SECTOR };
    },
  };

  // ---- Wi-Fi: three attempts, then "disconnected" and a radio that stays off, as `fake/wifi.ts`.
  const listeners = { associated: [], connected: [], disconnected: [] };
  let done = null;
  let attemptsLeft = 0;
  let attempt = 0;
  const emit = function (event, details) {
    listeners[event].forEach(function (listener) {
      setTimeout(function () {
        listener(details);
      }, 0);
    });
  };
  const finish = function (error) {
    const callback = done;
    done = null;
    if (callback) {
      setTimeout(function () {
        callback(error);
      }, 0);
    }
  };
  const radio = { join: null };
  const lost = function () {
    online = false;
    if (--attemptsLeft > 0) {
      radio.join();
      return;
    }
    emit("disconnected", { reason: "201", msg: "NO_AP_FOUND" });
    finish("NO_AP_FOUND");
  };
  radio.join = function () {
    if (attempt) clearTimeout(attempt);
    attempt = setTimeout(
      function () {
        attempt = 0;
        if (!accessPoint) {
          lost();
          return;
        }
        online = true;
        finish(null);
        emit("connected", { ip: "127.0.0.1", netmask: "255.0.0.0", gw: "127.0.0.1" });
      },
      accessPoint ? 800 : 2500,
    );
  };
  const wifi = {
    stopAP: function () {},
    getDetails: function () {
      return { status: online ? "connected" : "disconnected" };
    },
    on: function (event, listener) {
      if (!listeners[event]) throw new Error("There is no event " + event);
      listeners[event].push(listener);
    },
    connect: function (ssid, options, callback) {
      online = false;
      attemptsLeft = 3;
      done = callback;
      radio.join();
    },
  };

  // ---- Sockets are the interpreter's own; without Wi-Fi nothing leaves them.
  const dgram = {
    createSocket: function (type) {
      const socket = builtin("dgram").createSocket(type);
      const send = socket.send;
      socket.send = function () {
        if (online) send.apply(socket, arguments);
      };
      return socket;
    },
  };

  const libraries = { Flash: flash, Wifi: wifi, dgram: dgram };
  global.require = function (name) {
    return libraries[name] || builtin(name);
  };

  // ---- Watchdog and restart are the host's: a process that ends by itself is started again.
  E.enableWatchdog = function (seconds) {
    watchdogMs = seconds * 1000;
    kickedAt = getTime();
  };
  E.kickWatchdog = function () {
    kickedAt = getTime();
  };
  E.reboot = function () {
    clearInterval();
    // From the idle loop: during boot there is no `quit` yet.
    setTimeout(function () {
      quit();
    }, 1);
    throw new Error("The board restarts");
  };

  bridge.on("message", function (text, sender) {
    if (sender.port !== HOST.port) return;
    const message = JSON.parse(text);
    if (message.codes) codes = message.codes;
    if (message.accessPoint !== undefined) {
      accessPoint = message.accessPoint;
      if (!accessPoint && online) lost();
    }
  });
  setInterval(tell, 100);
  tell();
})();
