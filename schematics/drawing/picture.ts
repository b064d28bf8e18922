/**
 * Circuit JSON as SVG of exactly one A3 sheet, in a light and a dark theme, and the light one as PDF.
 * @module
 */
import { convertCircuitJsonToSchematicSvg } from "circuit-to-svg";
import PdfWriter from "pdfkit";
import writeSvg from "svg-to-pdfkit";
import type { CircuitJson } from "./circuit.ts";
import { FRAME_TEXT, NOTE_TEXT, PART_TEXT } from "./circuit.ts";

/** Colours of the light theme, as the tool and the sheet write them, and what they become in the dark. */
const DARK: Readonly<Record<string, string>> = {
  "rgb(245, 241, 237)": "#16181c",
  "rgba(255, 255, 255, 0.6)": "#16181c",
  "rgb(132, 0, 0)": "#ff9d8a",
  "rgb(169, 0, 0)": "#ff9d8a",
  "rgb(255, 255, 194)": "#2b2d20",
  "rgb(0, 150, 0)": "#6fd36f",
  "rgb(0, 100, 100)": "#7fd6d6",
  "rgb(15, 15, 15)": "#e6e6e6",
  [NOTE_TEXT]: "#e6e6e6",
  [FRAME_TEXT]: "#ff9d8a",
  [PART_TEXT]: "#7fd6d6",
};

export interface Page {
  /** In units of the sheet. */
  width: number;
  height: number;
  unitMm: number;
}

/** Pixels of the tool's canvas; the sheet is cut out of it. */
const CANVAS = { width: 3500, height: 2475 };

/** Numbers with two decimals are finer than any printer, and the same on every machine. */
const rounded = (svg: string): string =>
  svg.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)) + 0));

/** The sheet in light colours. */
export function lightSvg(circuit: CircuitJson, page: Page): string {
  const drawn = convertCircuitJsonToSchematicSvg(circuit, CANVAS);
  const matrix = /data-real-to-screen-transform="matrix\(([^)]*)\)"/.exec(drawn)?.[1]?.split(",").map(Number);
  const [scale, , , , left, bottom] = matrix ?? [];
  if (scale === undefined || left === undefined || bottom === undefined) throw new Error("circuit-to-svg told no scale");
  const view = [left, bottom - page.height * scale, page.width * scale, page.height * scale].map((value) => value.toFixed(2)).join(" ");
  const size = `width="${page.width * page.unitMm}mm" height="${page.height * page.unitMm}mm" viewBox="${view}"`;
  return `${rounded(
    drawn
      .replace(`width="${CANVAS.width}" height="${CANVAS.height}"`, size)
      .replace(/ data-[a-z-]+="[^"]*"/g, "")
      // Wide unseen paths, there for a mouse to hover over.
      .replace(/<path[^>]*opacity="0"[^>]*\/>/g, ""),
  )}\n`;
}

/** The same in dark colours. */
export function darkSvg(light: string): string {
  return light.replace(/rgba?\([\d., ]+\)|#[0-9a-f]{6}/gi, (colour) => DARK[colour] ?? colour);
}

/** For paper: a white ground, and no halos around texts, which the PDF writer would lay over them. */
function printed(light: string): string {
  return light.replace(/ stroke="[^"]*" stroke-width="[^"]*" paint-order="stroke"/g, "").replaceAll("rgb(245, 241, 237)", "#ffffff");
}

/** The same as PDF: without a date, and not deflated, so that equal drawings are equal files under every version of Node. */
export async function pdf(light: string, page: Page, title: string): Promise<Buffer> {
  const points = (units: number): number => (units * page.unitMm * 72) / 25.4;
  const size: [number, number] = [points(page.width), points(page.height)];
  const info = { Title: title, Author: "DAISEE", CreationDate: new Date(0), ModDate: new Date(0) };
  const document = new PdfWriter({ size, margin: 0, info, compress: false });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => document.on("end", resolve));
  writeSvg(document, printed(light), 0, 0, { fontCallback: () => "Helvetica" });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
