/**
 * uPlot in a box: drawn anew when the data, the width or the theme changes.
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "../../theme.ts";

export interface ChartProps {
  label: string;
  data: uPlot.AlignedData;
  /** @param color gives a colour of the theme by its name, "--own". */
  options: (color: (name: string) => string) => Omit<uPlot.Options, "width" | "height">;
}

const HEIGHT = 320;

/** Colours as the canvas wants them: a probe turns `light-dark(…)` into what holds now. */
function colorsOf(host: HTMLElement): (name: string) => string {
  const probe = document.createElement("i");
  host.append(probe);
  const known = new Map<string, string>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    probe.style.color = `var(${name})`;
    const color = getComputedStyle(probe).color;
    known.set(name, color);
    return color;
  };
}

export function Chart({ label, data, options }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chosen = theme.value;
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    let plot: uPlot | undefined;
    function draw(): void {
      if (element === null) return;
      plot?.destroy();
      element.replaceChildren();
      plot = new uPlot({ ...options(colorsOf(element)), width: element.clientWidth, height: HEIGHT }, data, element);
    }
    const resize = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }));
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", draw);
    draw();
    resize.observe(element);
    return () => {
      resize.disconnect();
      system.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [data, options, chosen]);
  return <div ref={host} class="chart" role="img" aria-label={label} />;
}
