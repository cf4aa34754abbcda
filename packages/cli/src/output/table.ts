/** A column of a table: its heading, and what stands in it. */
export interface TableColumn<Row> {
  readonly name: string;
  readonly text: (row: Row) => string;
  /** Numbers stand to the right. */
  readonly align?: "right";
}

/** Rows in aligned columns under headings, two spaces apart; `empty` instead where there are none. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  empty: string,
): string {
  if (rows.length === 0) return empty;
  const cells = [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map(({ text }) => text(row).replaceAll(/\s+/g, " "))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  return cells
    .map((line) =>
      line
        .map((cell, index) =>
          columns[index]!.align === "right" ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
