/**
 * What a check is: a named rule over the definition and the drawn netlist.
 * @module
 */
import type { BoardSpec } from "../board.ts";
import type { Netlist } from "../netlist.ts";

export interface Design {
  spec: BoardSpec;
  netlist: Netlist;
}

/** Says in one sentence each what is wrong; nothing where all is right. */
export type Check = (design: Design) => string[];

/** Net at a part's pin: null where it is open, undefined where there is no such part or pin. */
export function netAt({ netlist }: Design, ref: string, pin: string): string | null | undefined {
  return netlist.parts.find((part) => part.ref === ref)?.pins[pin];
}
