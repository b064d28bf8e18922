/**
 * Passwords of people, as argon2id hashes (RFC 9106).
 * @module
 */
import { hash, verify } from "@node-rs/argon2";

/** OWASP's least costs: 19 MiB, two passes, one lane. About 20 ms, which a Raspberry Pi can spare at a log-in. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Hashes at work at a time: each takes 19 MiB, and a flood of log-ins must not take the home's memory. */
const MOST_AT_ONCE = 4;

/** Of a password that was thrown away: compared with when the name is unknown, so that the answer takes as long as for a known one. */
const NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$xU/LDxtwLWR5kDNe5qxDag$iuGP9WfMw+0i/Db/IMExHoxAAJnVG28GjLXAFRLonp0";

/** More passwords are being checked than the machine should do at a time. */
export class BusyError extends Error {
  constructor() {
    super("Too many log-ins at a time: try again in a few seconds.");
    this.name = "BusyError";
  }
}

let atWork = 0;

async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (atWork >= MOST_AT_ONCE) throw new BusyError();
  atWork += 1;
  try {
    return await work();
  } finally {
    atWork -= 1;
  }
}

/** The form in which a password is stored (PHC string, salt included). @throws BusyError */
export function hashPassword(password: string): Promise<string> {
  return oneOfFew(() => hash(password.normalize("NFC"), COSTS));
}

/** Whether a password is the one of a stored hash; false, after as long, for the null of an unknown name. @throws BusyError */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await oneOfFew(() => verify(passwordHash ?? NOBODY, password.normalize("NFC")));
  return fits && passwordHash !== null;
}
