import type { TreeValues } from "@tideline/learn/tree";
import type { ExampleRows } from "../nets/example.ts";

/** Rows as columns, with the class of each. */
export interface LabelledColumns extends ExampleRows {
  readonly columns: Readonly<Record<string, readonly (string | number | null)[] | Float32Array>>;
  /** Names of the columns of categories. */
  readonly categorical: readonly string[];
}

/** Some of the rows, in order. */
export function rowsAt(all: LabelledColumns, rows: Int32Array): LabelledColumns {
  const { columns, categorical, row, y, classes, people } = all;
  const pick = (values: Int32Array) => Int32Array.from(rows, (at) => values[at]!);
  const picked = Object.entries(columns).map(([name, values]): [string, TreeValues] => [
    name,
    values instanceof Float32Array
      ? Float32Array.from(rows, (at) => values[at]!)
      : Array.from(rows, (at) => values[at]!),
  ]);
  return {
    columns: Object.fromEntries(picked) as LabelledColumns["columns"],
    categorical,
    row: pick(row),
    y: pick(y),
    classes,
    ...(people === undefined ? {} : { people: pick(people) }),
  };
}
