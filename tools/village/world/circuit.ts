/**
 * Nodal analysis of a DC circuit: conductances and current sources between nodes, solved for the node voltages.
 * @module
 */

/** Reference node, at 0 V. */
export const GROUND = -1;

/** A circuit of `nodes` nodes (0 to nodes − 1) beside {@link GROUND}. */
export interface Circuit {
  /** A resistor, as its conductance in siemens. */
  conductance(a: number, b: number, siemens: number): void;
  /** A source that drives `amps` from `a` through itself into `b`. */
  current(a: number, b: number, amps: number): void;
  /** Node voltages in V. Throws when a node hangs in the air. */
  solve(): Float64Array;
}

export function createCircuit(nodes: number): Circuit {
  // Each row: the node's conductances, then the current into it.
  const width = nodes + 1;
  const rows = Array.from({ length: nodes }, () => new Float64Array(width));

  function add(row: number, column: number, value: number): void {
    const target = rows[row];
    if (target !== undefined && column !== GROUND) target[column] = (target[column] ?? 0) + value;
  }

  return {
    conductance(a, b, siemens) {
      add(a, a, siemens);
      add(b, b, siemens);
      if (a === GROUND || b === GROUND) return;
      add(a, b, -siemens);
      add(b, a, -siemens);
    },
    current(a, b, amps) {
      add(a, nodes, -amps);
      add(b, nodes, amps);
    },
    solve: () => eliminate(rows, nodes),
  };
}

/** Gaussian elimination. The matrix is symmetric and diagonally dominant, so it needs no pivoting. */
function eliminate(rows: Float64Array[], nodes: number): Float64Array {
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let pivot = 0; pivot < nodes; pivot++) {
    if (!(at(pivot, pivot) > 0)) throw new Error("circuit: node " + pivot + " has no path to ground");
    for (let row = pivot + 1; row < nodes; row++) {
      const factor = at(row, pivot) / at(pivot, pivot);
      const target = rows[row];
      if (factor === 0 || target === undefined) continue;
      for (let column = pivot; column <= nodes; column++) target[column] = at(row, column) - factor * at(pivot, column);
    }
  }
  const volts = new Float64Array(nodes);
  for (let row = nodes - 1; row >= 0; row--) {
    let rest = at(row, nodes);
    for (let column = row + 1; column < nodes; column++) rest -= at(row, column) * (volts[column] ?? 0);
    volts[row] = rest / at(row, row);
  }
  return volts;
}
