/**
 * Reads the nets of a KiCad schematic from its geometry, as KiCad does: pins, wires, labels and power symbols that touch.
 * @module
 */

type Expression = string | Expression[];

/** An S-expression as nested lists. */
function parse(text: string): Expression[] {
  const stack: Expression[][] = [[]];
  for (const [token] of text.matchAll(/\(|\)|"(?:[^"\\]|\\.)*"|[^\s()"]+/g)) {
    if (token === "(") stack.push([]);
    else if (token === ")") {
      const done = stack.pop();
      if (done) stack.at(-1)?.push(done);
    } else stack.at(-1)?.push(token.startsWith('"') ? token.slice(1, -1) : token);
  }
  return stack[0] ?? [];
}

const children = (list: Expression, name: string): Expression[][] =>
  Array.isArray(list) ? list.filter((child): child is Expression[] => Array.isArray(child) && child[0] === name) : [];
const child = (list: Expression, name: string): Expression[] => children(list, name)[0] ?? [];
const text = (list: Expression[], at = 1): string => String(list[at] ?? "");
const numbers = (list: Expression[]): number[] => list.slice(1).map(Number);
const property = (symbol: Expression[], name: string): string =>
  text(children(symbol, "property").find((each) => each[1] === name) ?? [], 2);

interface Pin {
  number: string;
  x: number;
  y: number;
}

/** Pins of a library symbol, of all its units. */
function pinsOf(symbol: Expression[]): Pin[] {
  const own = children(symbol, "pin").map((pin): Pin => {
    const [x = 0, y = 0] = numbers(child(pin, "at"));
    return { number: text(child(pin, "number")), x, y };
  });
  return [...own, ...children(symbol, "symbol").flatMap(pinsOf)];
}

/** One name for points within a few hundredths of a millimetre; the shift keeps the tool's grid of 0.125 away from where numbers round. */
const key = (x: number, y: number): string => [x, y].map((value) => (Math.round(value * 20 + 0.21) / 20).toFixed(2)).join();

/** Sets of "reference pin-number", one for each net with at least one part's pin, by the net's name where it has a label. */
export function kicadNets(file: string): Map<string, Set<string>> {
  const [sheet = []] = parse(file);
  const library = new Map(children(child(sheet, "lib_symbols"), "symbol").map((symbol) => [text(symbol), pinsOf(symbol)]));
  const parent = new Map<string, string>();
  const root = (point: string): string => {
    const up = parent.get(point) ?? point;
    return up === point ? point : root(up);
  };
  const join = (a: string, b: string): void => void parent.set(root(a), root(b));

  const segments = children(sheet, "wire").map((wire) => children(child(wire, "pts"), "xy").map(numbers));
  const names: [point: string, name: string][] = [];
  const pins: [point: string, pin: string][] = [];
  for (const symbol of children(sheet, "symbol")) {
    const [x = 0, y = 0, angle = 0] = numbers(child(symbol, "at"));
    const [sin, cos] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
    const reference = property(symbol, "Reference");
    for (const pin of library.get(text(child(symbol, "lib_id"))) ?? []) {
      // A library's y points up, a sheet's down.
      const point = key(x + pin.x * cos - pin.y * sin, y - (pin.x * sin + pin.y * cos));
      if (reference.startsWith("#")) names.push([point, property(symbol, "Value")]);
      else pins.push([point, `${reference} ${pin.number}`]);
    }
  }
  for (const label of children(sheet, "global_label")) {
    const [x = 0, y = 0] = numbers(child(label, "at"));
    names.push([key(x, y), text(label)]);
  }
  const points = [...segments.flat().map(([x = 0, y = 0]) => key(x, y)), ...names.map(([point]) => point), ...pins.map(([point]) => point)];
  for (const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] of segments) {
    for (const point of points) {
      const [x = 0, y = 0] = point.split(",").map(Number);
      const on =
        x >= Math.min(x1, x2) - 0.06 && x <= Math.max(x1, x2) + 0.06 && y >= Math.min(y1, y2) - 0.06 && y <= Math.max(y1, y2) + 0.06;
      if (on) join(point, key(x1, y1));
    }
  }
  const first = new Map<string, string>();
  for (const [point, name] of names) {
    const known = first.get(name);
    if (known === undefined) first.set(name, point);
    else join(point, known);
  }
  const nets = new Map<string, Set<string>>();
  const nameOf = new Map(names.map(([point, name]) => [root(point), name]));
  for (const [point, pin] of pins) {
    const net = nameOf.get(root(point)) ?? root(point);
    nets.set(net, (nets.get(net) ?? new Set()).add(pin));
  }
  return nets;
}
