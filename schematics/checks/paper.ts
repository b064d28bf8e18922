/**
 * The sheet itself: what is joined on paper is the net that it claims to be, and no text covers another.
 * @module
 */
import { groupsOf } from "../sheet/geometry.ts";
import type { Sheet } from "../sheet/sketch.ts";

/** Says where wires, pins and labels that touch are of several nets, and where a net falls apart without labels. */
export function checkPaper(sheet: Sheet): string[] {
  const groups = groupsOf(sheet).filter(({ nets }) => nets.size > 0);
  const mixed = groups
    .filter(({ nets }) => nets.size > 1)
    .map(({ nets, pins }) => `${[...nets].join(" and ")} touch at ${pins.join(", ")}`);
  const split = groups.filter((group) => {
    const [net] = group.nets;
    return !group.labelled && groups.some((other) => other !== group && net !== undefined && other.nets.has(net));
  });
  return [
    ...mixed,
    ...split.map(({ nets, pins }) => `${[...nets].join()} at ${pins.join(", ") || "a wire"} is apart from the rest and has no label`),
  ];
}

export interface TextBox {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Mean width of a sans-serif letter, and the height of capitals, in ems. */
const LETTER = 0.54;
const CAPITAL = 0.72;

/** Where the texts of a picture are, as far as their letters' count and size tell. */
export function textBoxes(svg: string): TextBox[] {
  return [...svg.matchAll(/<text([^>]*)>([^<]*)/g)].flatMap(([, attributes = "", text = ""]) => {
    const read = (name: string): string => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
    const [x, y, em] = [read("x"), read("y"), read("font-size")].map(Number.parseFloat);
    if (text.trim() === "" || x === undefined || y === undefined || em === undefined || !(em > 0)) return [];
    const width = text.length * em * LETTER;
    const start = { start: 0, middle: width / 2, end: width }[read("text-anchor")] ?? 0;
    const drop = { hanging: CAPITAL, middle: CAPITAL / 2, central: CAPITAL / 2 }[read("dominant-baseline")] ?? 0;
    const [left, right, top, bottom] = [-start, width - start, (drop - CAPITAL) * em, drop * em];
    const turned = /rotate\(\s*(-?\d+)/.exec(read("transform"))?.[1];
    const upright = turned === "-90" || turned === "270";
    return [
      upright
        ? { text, left: x + top, right: x + bottom, top: y - right, bottom: y - left }
        : { text, left: x + left, right: x + right, top: y + top, bottom: y + bottom },
    ];
  });
}

/** Pairs of texts that cover each other. */
export function overlaps(boxes: readonly TextBox[]): string[] {
  return boxes.flatMap((a, i) =>
    boxes.slice(0, i).flatMap((b) => {
      const covered = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      return covered ? [`"${b.text}" and "${a.text}" cover each other`] : [];
    }),
  );
}

/** Wires that run through a text. The name in a flag at a wire's end is beside it, and so are letters that a wire only grazes. */
export function crossings(svg: string): string[] {
  const boxes = textBoxes(svg);
  const paths = [...svg.matchAll(/class="sch-trace-path" d="M ([^"]*)"/g)].map(([, path = ""]) =>
    path.split(" L ").map((point) => point.split(" ").map(Number)),
  );
  return paths.flatMap((points) =>
    points.slice(1).flatMap(([x2 = 0, y2 = 0], i) => {
      const [x1 = 0, y1 = 0] = points[i] ?? [];
      return boxes.flatMap(({ text, left, right, top, bottom }) => {
        const [dx, dy] = [(right - left) / 8, (bottom - top) / 8];
        const outside =
          Math.max(x1, x2) < left + dx || Math.min(x1, x2) > right - dx || Math.max(y1, y2) < top + dy || Math.min(y1, y2) > bottom - dy;
        return outside ? [] : [`a wire runs through "${text}"`];
      });
    }),
  );
}
