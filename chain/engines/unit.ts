/**
 * A node's systemd service: its own user, nothing of the system writable but its folder, no more memory than it needs.
 * @module
 */
import type { LocalNode, NodeEngine } from "./engine.ts";

/** The service's user, and where a node's folder belongs. */
const USER = "daisee-chain";
const HOME = "/var/lib/daisee-chain";

/** Text of the unit's file. */
export function systemdUnit(engine: NodeEngine, { peer, seals }: LocalNode): string {
  const folder = `${HOME}/${peer.name}`;
  // systemd reads the file as root and shows it to this service alone: its user need not own it.
  const credential = seals ? `LoadCredential=password:/etc/daisee-chain/${peer.name}.password\n` : "";
  const password = seals ? " --password-file ${CREDENTIALS_DIRECTORY}/password" : "";
  return `[Unit]
Description=DAISEE chain node ${peer.name}, ${engine.title}
Wants=network-online.target time-sync.target
After=network-online.target time-sync.target

[Service]
ExecStart=/usr/local/bin/daisee chain start --folder ${folder}${password}
User=${USER}
Group=${USER}
${credential}RuntimeDirectory=daisee-chain-${peer.name}
RuntimeDirectoryMode=0700
Restart=on-failure
RestartSec=5
# Time to write what is in memory.
TimeoutStopSec=60
KillMode=mixed

ProtectSystem=strict
ReadWritePaths=${folder}
ProtectHome=true
PrivateTmp=true
PrivateDevices=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
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
MemoryMax=${engine.memoryMax}
MemorySwapMax=0
TasksMax=512
LimitNOFILE=8192
# No MemoryDenyWriteExecute: the command's own runtime compiles as it runs.

[Install]
WantedBy=multi-user.target
`;
}
