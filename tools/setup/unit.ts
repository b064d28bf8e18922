/**
 * The gateway's systemd service: its own user, nothing of the system writable but its data folder.
 * @module
 */

export interface UnitOptions {
  /** Absolute. */
  dataDir: string;
  /** Absolute path of the `daisee` command. */
  command: string;
  user: string;
  /** Holds the keystore's password; root reads it and hands it to this service alone. Null for `password` in the data folder. */
  passwordPath: string | null;
}

/** Text of the unit's file. @throws when a path holds what systemd would read otherwise. */
export function gatewayUnit({ command, dataDir, passwordPath, user }: UnitOptions): string {
  for (const text of [command, dataDir, passwordPath ?? ""]) {
    if (/[\s%"'\\$;]/.test(text)) throw new Error(`"${text}" cannot stand in a systemd unit: use a path of letters, digits and . _ - /`);
  }
  const credential = passwordPath === null ? "" : `LoadCredential=keystore.password:${passwordPath}\n`;
  const password = passwordPath === null ? "" : " --password-file ${CREDENTIALS_DIRECTORY}/keystore.password";
  return `[Unit]
Description=DAISEE gateway
Wants=network-online.target time-sync.target
After=network-online.target time-sync.target

[Service]
ExecStart=${command} gateway --data ${dataDir}${password}
User=${user}
Group=${user}
${credential}Restart=on-failure
RestartSec=2
# Time to finish what is being stored.
TimeoutStopSec=30

ProtectSystem=strict
ReadWritePaths=${dataDir}
ProtectHome=${dataDir.startsWith("/home/") ? "tmpfs" : "true"}
${dataDir.startsWith("/home/") ? `BindPaths=${dataDir}\n` : ""}PrivateTmp=true
PrivateDevices=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
NoNewPrivileges=true
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
UMask=0077
MemoryMax=400M
# No MemoryDenyWriteExecute: Node compiles as it runs.

[Install]
WantedBy=multi-user.target
`;
}
