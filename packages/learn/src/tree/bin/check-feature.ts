import { tidelineError } from "@tideline/spec";
import type { BinnedFeature } from "../binned-table.ts";
import type { TreeColumn, TreeTable } from "../tree-table.ts";

/** A table's columns in the order of features. @throws ARGUMENT_INVALID for one that is absent or of another kind. */
export function checkFeatures(
  who: string,
  features: readonly Pick<BinnedFeature, "kind" | "name">[],
  table: TreeTable,
): readonly TreeColumn[] {
  const columns = new Map(table.columns.map((column) => [column.name, column] as const));
  return features.map(({ name, kind }) => {
    const column = columns.get(name);
    if (column?.kind === kind) return column;
    const received = column === undefined ? "no such column" : `a ${column.kind} one`;
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "table",
      expected: `a ${kind} column ${JSON.stringify(name)}`,
      received,
    });
  });
}
