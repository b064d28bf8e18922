/**
 * Fields that many resources share. Every number says its unit in its name: `Ma`, `Mv`, `Mw`, `Mwh`, `Permille`, `UtcMs` (ms since 1970).
 * @module
 */
import { z } from "@hono/zod-openapi";

/** A whole number as JSON carries it exactly. */
export const integer = z.number().int();
export const count = integer.min(0);

export const utcMs = integer.openapi({ description: "UTC, ms since 1970-01-01.", example: 1767225600000 });

/** Null where a record's boot never met the gateway, so that its UTC is not known. */
export const utcMsOrNull = integer
  .nullable()
  .openapi({ description: "UTC, ms since 1970-01-01; null when its boot never met the gateway." });

export const boardId = z
  .string()
  .regex(/^[0-9a-f]{12}$/, "expected 12 lower-case hex digits")
  .openapi({ description: "The board's EUI-48 as 12 lower-case hex digits.", example: "24a160aabbcc" });

export const recordId = z
  .string()
  .regex(/^[0-9a-f]{12}-\d{1,8}-\d{1,10}$/, "expected <boardId>-<boot>-<sequence>")
  .openapi({ description: "`<boardId>-<boot>-<sequence>`.", example: "24a160aabbcc-3-1207" });

export const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .openapi({ description: "32 bytes, 0x hex.", example: `0x${"5e".repeat(32)}` });

export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .openapi({ description: "An account or contract on the chain.", example: `0x${"a1".repeat(20)}` });

/**
 * Null or a schema that has a name in the OpenAPI document: `nullable()` would make the named schema itself nullable there, everywhere.
 */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

/** A whole number in a query or path: plain decimal digits and nothing else, so that "0x10", "1e3" and "" are refused. */
export function integerText(min: number, max: number, description: string) {
  return z
    .string()
    .regex(/^\d{1,16}$/, "expected a whole number in decimal digits")
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
    .openapi({ type: "integer", minimum: min, maximum: max, description });
}

/** Query fields of a listing that comes in pages. */
export const pageQuery = {
  limit: integerText(1, 1000, "Most items in one page; 100 when it is left out.").optional(),
  cursor: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/, "expected the nextCursor of the page before")
    .optional()
    .openapi({ description: "`nextCursor` of the page before; leave it out for the first page." }),
};

/** Items a page has when the query names no limit. */
export const DEFAULT_LIMIT = 100;

/** A page of items, and the cursor of the page behind it. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: "Cursor of the next page; null on the last." }),
  });
}
