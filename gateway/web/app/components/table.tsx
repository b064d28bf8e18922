/**
 * Rows under named columns; on a narrow screen each row becomes a block whose cells say their column's name.
 * @module
 */
import type { ComponentChildren } from "preact";

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ComponentChildren;
  /** Aligned as numbers are. */
  isNumber?: boolean;
}

export interface TableProps<Row> {
  /** For screen readers: what the rows are. */
  caption: string;
  /** The first one names the row. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
}

export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <table class="table" role="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, isNumber }) => (
            <th key={name} scope="col" role="columnheader" class={isNumber ? "number" : ""}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ name, cell, isNumber }, index) =>
              index === 0 ? (
                <th key={name} scope="row" role="rowheader" data-name={name}>
                  {cell(row)}
                </th>
              ) : (
                <td key={name} role="cell" data-name={name} class={isNumber ? "number" : ""}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
