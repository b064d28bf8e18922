/**
 * Pictures for the build guide: boxes joined by wires, drawn from data. They follow the reader's light or dark theme.
 * @module
 */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
  lines?: readonly string[];
  /** The board stands out. */
  kind?: "board" | "other";
}

export interface Wire {
  kind: "plus" | "minus" | "panel";
  /** "x,y x,y", as SVG has it. */
  points: string;
}

export interface Mark {
  x: number;
  y: number;
  text: string;
  kind?: "fuse" | "tap" | "text";
}

export interface Picture {
  title: string;
  width: number;
  height: number;
  boxes: readonly Box[];
  wires: readonly Wire[];
  marks: readonly Mark[];
}

const STYLE = `
    text { font: 14px sans-serif; fill: #202020; }
    .title { font-weight: bold; }
    .box { fill: #f5f1ed; stroke: #202020; stroke-width: 1.5; }
    .board { fill: #ffffc2; }
    .wire { fill: none; stroke-width: 3; }
    .plus { stroke: #c00000; }
    .minus { stroke: #202020; }
    .panel { stroke: #b07800; }
    .tap { fill: #202020; }
    .fuse { fill: #ffffff; stroke: #c00000; stroke-width: 2; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6e6e6; }
      .box { fill: #24272d; stroke: #e6e6e6; }
      .board { fill: #3a3c20; }
      .plus { stroke: #ff8a7a; }
      .minus { stroke: #b8b8b8; }
      .panel { stroke: #e0b050; }
      .tap { fill: #e6e6e6; }
      .fuse { fill: #16181c; stroke: #ff8a7a; }
    }`;

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const LINE_HEIGHT = 18;

function boxSvg({ x, y, width, height, title, lines = [], kind = "other" }: Box): string {
  const rows = lines.map((line, i) => `<text x="${x + 10}" y="${y + 22 + LINE_HEIGHT * (i + 1)}">${escape(line)}</text>`);
  return [
    `<rect class="box ${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    `<text class="title" x="${x + 10}" y="${y + 22}">${escape(title)}</text>`,
    ...rows,
  ].join("\n  ");
}

function markSvg({ x, y, text, kind = "text" }: Mark): string {
  if (kind === "tap") return `<circle class="tap" cx="${x}" cy="${y}" r="5"/>`;
  if (kind === "text") return `<text x="${x}" y="${y}">${escape(text)}</text>`;
  const label = `<text x="${x}" y="${y - 14}" text-anchor="middle">${escape(text)}</text>`;
  return `<rect class="fuse" x="${x - 18}" y="${y - 8}" width="36" height="16"/>\n  ${label}`;
}

/** A picture as SVG. */
export function pictureSvg({ title, width, height, boxes, wires, marks }: Picture): string {
  const lines = wires.map(({ kind, points }) => `<polyline class="wire ${kind}" points="${points}"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>${escape(title)}</title>
  <style>${STYLE}
  </style>
  ${[...lines, ...boxes.map(boxSvg), ...marks.map(markSvg)].join("\n  ")}
</svg>
`;
}
