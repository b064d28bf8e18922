import assert from "node:assert/strict";
import { gatewayUnit } from "#tools/setup/unit.ts";

const OPTIONS = { dataDir: "/var/lib/daisee", command: "/opt/daisee/tools/daisee.mjs", user: "daisee", passwordPath: null };

describe("the gateway's service", () => {
  it("starts the gateway as its own user, hardened, with nothing writable but its data", () => {
    const unit = gatewayUnit(OPTIONS);
    assert.match(unit, /^ExecStart=\/opt\/daisee\/tools\/daisee\.mjs gateway --data \/var\/lib\/daisee$/m);
    for (const line of ["User=daisee", "ProtectSystem=strict", "ReadWritePaths=/var/lib/daisee", "ProtectHome=true", "NoNewPrivileges=true", "UMask=0077", "MemoryMax=400M"]) {
      assert.ok(unit.split("\n").includes(line), line);
    }
  });

  it("gets the keystore's password as a credential, never as an argument", () => {
    const unit = gatewayUnit({ ...OPTIONS, passwordPath: "/etc/daisee/keystore.password" });
    assert.match(unit, /^LoadCredential=keystore\.password:\/etc\/daisee\/keystore\.password$/m);
    assert.match(unit, /--password-file \$\{CREDENTIALS_DIRECTORY\}\/keystore\.password$/m);
  });

  it("may keep its data in a home folder, and sees nothing else there", () => {
    const unit = gatewayUnit({ ...OPTIONS, dataDir: "/home/mira/daisee" });
    assert.match(unit, /^ProtectHome=tmpfs\nBindPaths=\/home\/mira\/daisee$/m);
  });

  it("is refused for a path that systemd would read otherwise", () => {
    for (const dataDir of ["/var/lib/my data", "/var/lib/%h", "/x\nUser=root"]) assert.throws(() => gatewayUnit({ ...OPTIONS, dataDir }), /cannot stand in a systemd unit/);
  });
});
