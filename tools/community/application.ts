/**
 * What a home asks its community for: a file that the household sends and the registrar reads. No secret is in it.
 * @module
 */
import { readFile } from "node:fs/promises";
import { getAddress } from "ethers";
import { z } from "zod";
import { METER_KINDS } from "#contracts/meter-id.ts";

/** With its checksum; null for what is no address. */
function addressOf(text: string): string | null {
  try {
    return getAddress(text);
  } catch {
    return null;
  }
}

const address = z.string().refine((text) => addressOf(text) === text, "expected an address with its checksum: 0x and 40 hex digits");

const applicationSchema = z.strictObject({
  version: z.literal(1),
  /** Of the home, for people. */
  name: z.string(),
  /** The address of the key with which the home's gateway reports. */
  gatewayKey: address,
  /** The account that trades for the home; the gateway's key where it has no other. */
  account: address.optional(),
  meters: z.array(
    z.strictObject({
      boardId: z.string().regex(/^[0-9a-f]{12}$/, "expected 12 lower-case hex digits"),
      meter: z.int().min(0).max(255),
      kind: z.enum(METER_KINDS),
      ratedPowerW: z.int().min(1).max(1_000_000),
    }),
  ),
});
export type Application = z.infer<typeof applicationSchema>;

/**
 * Reads an application: a file, or the address of a gateway that has no meter yet.
 * @throws naming each wrong field
 */
export async function readApplication(given: string): Promise<Application> {
  const gatewayKey = addressOf(given);
  if (gatewayKey !== null) return { version: 1, name: given, gatewayKey, meters: [] };
  const text = await readFile(given, "utf8").catch((cause: unknown) => {
    throw new Error(`"${given}" is neither an address nor a file: a household writes the file with "daisee community apply"`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${given} is not JSON: ask the household for it again ("daisee community apply")`, { cause });
  }
  const checked = applicationSchema.safeParse(json);
  if (!checked.success) throw new Error(`${given} is no application of a home:\n${z.prettifyError(checked.error)}`);
  return checked.data;
}
