/**
 * The state of a thing as it is read, for a change that must not overwrite another one (RFC 9110, 13.1.1).
 * @module
 */

/** The ETag of an answer. @throws Error without one: to overwrite whatever is there would be worse. */
export async function etagOf(answer: Promise<{ headers: Headers }>): Promise<string> {
  const tag = (await answer).headers.get("ETag");
  if (tag === null) throw new Error("the gateway's answer has no ETag");
  return tag;
}
