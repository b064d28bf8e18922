/**
 * Damages good inputs: the ways in which bytes are cut, doubled, swapped and set to what parsers stumble over.
 * @module
 */
import type { Random } from "#tools/virtual-board/random.ts";

/** Ends of ranges, heads of CBOR's and CoAP's items, indefinite lengths. */
const INTERESTING = [0, 1, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1f, 0x20, 0x3b, 0x40, 0x58, 0x5f, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xd0, 0xe0, 0xf0, 0xf6, 0xfb, 0xff];
const MAX_CHANGES = 4;
const MAX_BYTES = 1300;

/** Makes inputs from a corpus; the same random numbers make the same ones. */
export function createMutator(corpus: readonly Uint8Array[], random: Random): () => Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = (): Uint8Array => corpus[below(corpus.length)] ?? new Uint8Array(0);
  const change = (input: number[]): number[] => {
    const at = below(input.length + 1);
    const to = at + below(input.length - at + 1);
    switch (below(8)) {
      case 0:
        return input.with(Math.min(at, input.length - 1), (input[at] ?? 0) ^ (1 << below(8)));
      case 1:
        return input.with(Math.min(at, input.length - 1), below(256));
      case 2:
        return input.with(Math.min(at, input.length - 1), INTERESTING[below(INTERESTING.length)] ?? 0);
      case 3:
        return input.toSpliced(at, 0, INTERESTING[below(INTERESTING.length)] ?? 0);
      case 4:
        return input.toSpliced(at, to - at);
      case 5:
        return input.toSpliced(at, 0, ...input.slice(at, to));
      case 6:
        return [...input.slice(0, at), ...pick().subarray(below(20))];
      default:
        return [...input, ...Array.from({ length: below(40) }, () => below(256))];
    }
  };
  return () => {
    let input = [...pick()];
    for (let left = 1 + below(MAX_CHANGES); left > 0 && input.length > 0; left--) input = change(input);
    return Uint8Array.from(input.slice(0, MAX_BYTES));
  };
}
