/**
 * `daisee doctor`: what a volunteer would look at first, with a fix for each finding.
 * @module
 */
import { writeFile } from "node:fs/promises";
import { defineCommand } from "citty";
import { createClock } from "#gateway/clock.ts";
import { COMMON_ARGUMENTS } from "../arguments.ts";
import { checkChain } from "../doctor/chain.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkBinding, checkConfig, checkPermissions } from "../doctor/folder.ts";
import { checkGateway } from "../doctor/gateway.ts";
import { checkClock, checkDisk, checkFsync, checkVersions, checkWear } from "../doctor/machine.ts";
import { checkPorts, checkSerial } from "../doctor/ports.ts";
import { redact } from "../doctor/redact.ts";
import { VerificationError } from "../errors.ts";
import { connectGateway, GATEWAY_ARGUMENT } from "../gateway/connect.ts";
import packageJson from "../../package.json" with { type: "json" };

/** The data folder, and what its settings name. */
async function checkFolder(dataDir: string, isRunning: boolean): Promise<Finding[]> {
  const findings = await checkPermissions(dataDir);
  if (findings.some(({ check, text }) => check === "folder" && text === `there is no ${dataDir}`)) return findings;
  findings.push(await checkDisk(dataDir), await checkFsync(dataDir), await checkWear(dataDir));
  const { config, finding } = await checkConfig(dataDir);
  findings.push(finding);
  if (config === null) return findings;
  return [...findings, ...(await checkPorts(config, isRunning)), checkBinding(config), ...(await checkChain(dataDir, config, createClock(config.clock).nowMs()))];
}

const SIGNS = { ok: "✔", warning: "!", problem: "✘", skipped: "–" } as const;

export const doctor = defineCommand({
  meta: { name: "doctor", description: "Check machine, gateway, boards and chain. Exit code 3: there is a problem. Example: daisee doctor --data .daisee/consumer/gateway" },
  args: {
    ...GATEWAY_ARGUMENT,
    data: { type: "string", description: "The gateway's data folder", valueHint: "folder", default: "/var/lib/daisee" },
    bundle: { type: "string", description: "Write a report for a support volunteer to this file; no key, password or Wi-Fi is in it", valueHint: "file" },
    json: { type: "boolean", description: "Print the findings as JSON", default: false },
    ...COMMON_ARGUMENTS,
  },
  async run({ args }) {
    const ofGateway = await checkGateway(await connectGateway(args.gateway), args.gateway);
    const isRunning = !ofGateway.some(({ check, level }) => check === "gateway" && level === "problem");
    const findings = [checkVersions(process.versions.node, packageJson.version), await checkClock(), ...(await checkSerial()), ...(await checkFolder(args.data, isRunning)), ...ofGateway];

    if (args.bundle !== undefined) {
      const report = { createdUtc: new Date().toISOString(), findings: redact(findings) };
      await writeFile(args.bundle, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
    }
    if (args.json) console.log(JSON.stringify(findings, null, 2));
    else {
      for (const { check, fix, level, text } of findings) {
        console.log(`${SIGNS[level]} ${check}: ${text}`);
        if (fix) console.log(`    → ${fix}`);
      }
      if (args.bundle !== undefined) console.log(`Report: ${args.bundle}. Read it before you send it.`);
    }
    const problems = findings.filter(({ level }) => level === "problem").length;
    if (problems > 0) throw new VerificationError(`${problems} ${problems === 1 ? "problem" : "problems"} found`);
  },
});
