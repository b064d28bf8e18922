/**
 * Hands what is shown to the browser as a file.
 * @module
 */
import { Button } from "../../components/button.tsx";
import { texts } from "../../texts.ts";
import { toCsv } from "./csv.ts";
import type { Cell } from "./csv.ts";

export interface DownloadProps {
  name: string;
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

export function Download({ name, columns, rows }: DownloadProps) {
  function save(): void {
    const url = URL.createObjectURL(new Blob([toCsv(columns, rows)], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  }
  return <Button onClick={save}>{texts.history.csv}</Button>;
}
