import { matrix, type Matrix } from "../../matrix.ts";
import type { TreeEnsemble } from "../tree-ensemble.ts";
import type { TreeTable } from "../tree-table.ts";
import { bindColumns, codeAt } from "./bind-column.ts";

/**
 * The rows of a table as a lowered ensemble takes them: float32 [rows, features], row-major, columns in the order of the features, codes for
 * categories, NaN for what is missing. Numbers are rounded to single precision, which may move one that lies within
 * half a unit of its last place of a threshold across it.
 *
 * @throws ARGUMENT_INVALID for a column that is missing or of another kind.
 */
export function featureMatrix(ensemble: TreeEnsemble, table: TreeTable): Matrix {
  const columns = bindColumns(ensemble, table);
  const values = new Float32Array(table.rows * columns.length);
  for (const [feature, column] of columns.entries())
    for (let row = 0, at = feature; row < table.rows; row++, at += columns.length) {
      const code = column.kind === "numeric" ? undefined : codeAt(column, row);
      values[at] = column.kind === "numeric" ? column.values[row]! : code === -1 ? Number.NaN : code!;
    }
  return matrix(table.rows, columns.length, values);
}
