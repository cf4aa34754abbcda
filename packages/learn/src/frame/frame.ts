import { tidelineError } from "@tideline/spec/error";
import { nearestRemedy } from "../nearest-name.ts";
import { checkColumn, columnLength } from "./check-column.ts";
import type { Column, ColumnKind, ColumnSchema, Frame, FrameSchema } from "./column.ts";

/**
 * A frame over columns, which are not copied.
 *
 * @throws ARGUMENT_INVALID for columns of different lengths, a name given twice, or a column that contradicts itself.
 * @example
 * frame([
 *   { kind: "float", name: "age", values: new Float64Array([31, NaN]) },
 *   { kind: "string", name: "city", codes: new Int32Array([0, -1]), dictionary: ["Bonn"] },
 * ]);
 */
export function frame(columns: readonly Column[]): Frame {
  return frameBeside([], columns);
}

/** A frame over columns, of which those of a frame there is need no check of their rows. */
function frameBeside(checked: readonly Column[], columns: readonly Column[]): Frame {
  const rows = columns[0] === undefined ? 0 : columnLength(columns[0]);
  const names = new Set<string>();
  const known = new Set(checked);
  for (const column of columns) {
    if (!known.has(column)) checkColumn(column);
    const length = columnLength(column);
    if (length !== rows) throw wrong(column.name, `${rows} rows, as "${columns[0]!.name}"`, `${length} rows`);
    if (names.has(column.name)) throw wrong(column.name, "each name once", "it twice");
    names.add(column.name);
  }
  return Object.freeze({ rows, columns: Object.freeze([...columns]) });
}

/** The column of that name. @throws ARGUMENT_INVALID naming those there are. */
export function columnNamed(rows: Frame, name: string, who = "columnNamed"): Column {
  const column = rows.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "column",
    expected: `one of ${rows.columns.map((one) => `"${one.name}"`).join(", ") || "none: the frame has no columns"}`,
    received: `"${name}"`,
    remedy: nearestRemedy(
      name,
      rows.columns.map((one) => one.name),
    ),
  });
}

/** The column of that name and kind. @throws ARGUMENT_INVALID when it is absent or of another kind. */
export function columnOfKind<Kind extends ColumnKind>(
  rows: Frame,
  name: string,
  kind: Kind,
  who = "columnOfKind",
): Extract<Column, { readonly kind: Kind }> {
  const column = columnNamed(rows, name, who);
  if (column.kind === kind) return column as Extract<Column, { readonly kind: Kind }>;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column "${name}"`,
    expected: `a ${kind} column`,
    received: `a ${column.kind} column`,
  });
}

/** What is known of a column without its rows. */
export function schemaOf(column: Column): ColumnSchema {
  const { name, kind } = column;
  const unit = "unit" in column && column.unit !== undefined ? { unit: column.unit } : {};
  return Object.freeze(
    kind === "vector" ? { name, kind, width: column.width, ...unit } : { name, kind, ...unit },
  );
}

/** The schema of a frame. */
export function frameSchema(rows: Frame): FrameSchema {
  return Object.freeze(rows.columns.map(schemaOf));
}

/**
 * The frame with these columns in place of those of the same name, new ones at the end.
 *
 * @throws ARGUMENT_INVALID as {@link frame}.
 */
export function withColumns(rows: Frame, columns: readonly Column[]): Frame {
  const given = new Map(columns.map((column) => [column.name, column]));
  if (given.size < columns.length) return frame(columns);
  const kept = rows.columns.map((column) => given.get(column.name) ?? column);
  const present = new Set(rows.columns.map((column) => column.name));
  return frameBeside(rows.columns, [...kept, ...columns.filter((column) => !present.has(column.name))]);
}

/** The named columns, in that order. @throws ARGUMENT_INVALID for a name that the frame lacks. */
export function pickColumns(rows: Frame, names: readonly string[]): Frame {
  const picked = frameBeside(
    rows.columns,
    names.map((name) => columnNamed(rows, name, "pickColumns")),
  );
  return picked.columns.length > 0 ? picked : Object.freeze({ rows: rows.rows, columns: picked.columns });
}

/** The frame without the named columns. @throws ARGUMENT_INVALID for a name that it lacks. */
export function dropColumns(rows: Frame, names: readonly string[]): Frame {
  for (const name of names) columnNamed(rows, name, "dropColumns");
  const left = rows.columns.filter((column) => !names.includes(column.name));
  return Object.freeze({ rows: rows.rows, columns: Object.freeze(left) });
}

function wrong(name: string, expected: string, received: string) {
  return tidelineError("ARGUMENT_INVALID", { who: "frame", field: `column "${name}"`, expected, received });
}
