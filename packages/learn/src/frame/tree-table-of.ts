import { tidelineError } from "@tideline/spec/error";
import type { TreeColumn, TreeTable } from "../tree/tree-table.ts";
import { columnOfPlain } from "./frame-of.ts";
import type { Column, Frame } from "./column.ts";
import { frame } from "./frame.ts";
import { isWide } from "./integer-array.ts";
import { numbersOf } from "./numbers-of.ts";

/**
 * A frame as trees take it: texts are categories, numbers, truths and times numbers (missing ones NaN; not copied where
 * that can be), a vector as many columns as it is wide, `name[0]` and so on.
 *
 * @throws ARGUMENT_INVALID for series and bytes.
 */
export function treeTableOf(rows: Frame): TreeTable {
  return Object.freeze({ rows: rows.rows, columns: Object.freeze(rows.columns.flatMap(treeColumns)) });
}

function treeColumns(column: Column): readonly TreeColumn[] {
  const { name } = column;
  switch (column.kind) {
    case "string":
      return [{ kind: "categorical", name, codes: column.codes, categories: column.dictionary }];
    case "integer":
    case "boolean":
      if (column.validity === undefined && !isWide(column.values))
        return [{ kind: "numeric", name, values: column.values }];
      return [{ kind: "numeric", name, values: numbersOf(column) }];
    case "vector":
      return Array.from({ length: column.width }, (_, at): TreeColumn => {
        const rows = column.values.length / column.width;
        const values =
          column.values instanceof Float32Array ? new Float32Array(rows) : new Float64Array(rows);
        for (let row = 0; row < rows; row++) values[row] = column.values[row * column.width + at]!;
        return { kind: "numeric", name: `${name}[${at}]`, values };
      });
    case "series":
    case "bytes":
      throw tidelineError("ARGUMENT_INVALID", {
        who: "treeTableOf",
        field: `column "${name}"`,
        expected: "numbers, texts, truths, times or vectors",
        received: `a ${column.kind} column`,
        remedy: "Drop it, or make features of it.",
      });
    default:
      return [{ kind: "numeric", name, values: column.values }];
  }
}

/**
 * A table of trees as a frame: float arrays become floats, whole ones integers; categories become texts, numbers or
 * truths as they are (one kind in a column), `null` and codes without a category missing.
 *
 * @throws ARGUMENT_INVALID for categories of several kinds.
 */
export function frameOfTreeTable(table: TreeTable): Frame {
  const columns = table.columns.map((column): Column => {
    if (column.kind === "numeric") return columnOfPlain(column.name, column.values);
    const { name, codes, categories } = column;
    if (categories.every((category) => typeof category === "string")) {
      const inside = codes.every((code) => code >= -1 && code < categories.length);
      const known = inside ? codes : codes.map((code) => (code >= 0 && code < categories.length ? code : -1));
      return { kind: "string", name, codes: known, dictionary: categories };
    }
    return columnOfPlain(
      name,
      Array.from(codes, (code) => categories[code] ?? null),
    );
  });
  if (columns.length === 0) return Object.freeze({ rows: table.rows, columns: Object.freeze(columns) });
  return frame(columns);
}
