import { tidelineError } from "@tideline/spec";
import type { AllocateBins, BinnedFeature, BinnedTable } from "../binned-table.ts";
import type { TreeCategory } from "../tree-ensemble.ts";
import type { NumericArray, TreeColumn, TreeTable } from "../tree-table.ts";
import { allocated, binSettings, type BinOptions } from "./bin-option.ts";
import { categoryBins, countCodes } from "./category-bin.ts";
import { checkFeatures } from "./check-feature.ts";
import { checkTable } from "./check-table.ts";
import { columnCoder } from "./column-coder.ts";
import { mergedCodes } from "./merged-code.ts";
import { numericBins, withMissing } from "./numeric-bin.ts";
import { sampledRows } from "./row-sample.ts";
import { sortRoom, type SortRoom } from "./sort-room.ts";

function gathered(
  values: NumericArray,
  rows: Int32Array | undefined,
  room: SortRoom,
): Float32Array | Float64Array {
  const single = values instanceof Float32Array;
  if (rows === undefined) return single || values instanceof Float64Array ? values : new Float64Array(values);
  const sample = room.of(rows.length)[single ? "singles" : "doubles"].subarray(0, rows.length);
  for (let at = 0; at < rows.length; at++) sample[at] = values[rows[at]!]!;
  return sample;
}

function coded(
  who: string,
  features: readonly BinnedFeature[],
  columns: readonly TreeColumn[],
  rows: number,
  allocate: AllocateBins,
): BinnedTable {
  const bins = features.map(() => allocated(who, allocate, rows, features.length));
  const seen = features.map((feature, at) => columnCoder(feature)(columns[at]!, bins[at]!));
  return Object.freeze({
    rows,
    features: Object.freeze(features.map((feature, at) => withMissing(feature, seen[at]!))),
    bins: Object.freeze(bins),
  });
}

/** The categories of a column, each once and without `null`, which is missing, and the rows of each. */
function countedCategories(
  who: string,
  { name, codes, categories }: Extract<TreeColumn, { kind: "categorical" }>,
): { readonly categories: readonly TreeCategory[]; readonly counts: Float64Array } {
  const own = new Float64Array(categories.length);
  countCodes(codes, own);
  const merged = mergedCodes(who, name);
  const places = merged.codesOf({ categories });
  if (merged.categories.length === categories.length) return { categories, counts: own };
  const counts = new Float64Array(merged.categories.length);
  for (const [code, count] of own.entries()) if (places[code]! >= 0) counts[places[code]!]! += count;
  return { categories: Object.freeze([...merged.categories]), counts };
}

/**
 * A table with each value's bin in its place. Numeric bins hold about equal counts of up to `sample` rows, at least
 * `minBinRows` each, and are parted midway between values, so that a threshold at a bin's upper bound parts exactly the
 * rows that the bins part; infinities are values, -0 is 0. Missing values have a bin of their own, the last. Categories:
 * see {@link BinnedFeature}; the most frequent come first.
 *
 * @throws DEFINITION_ILLEGAL for options; ARGUMENT_INVALID for a table without rows or columns, with columns of another
 *   form or length and repeated names, or memory of another size; DATA_MALFORMED for more than 2^20 categories.
 * @example
 * const binned = binTable(treeTable({ columns: { age: [31, null, 54] } }), { bins: 63, seed: 1 });
 */
export function binTable(table: TreeTable, options: BinOptions = {}): BinnedTable {
  const who = "binTable";
  const settings = binSettings(who, options);
  checkTable(who, table);
  if (table.rows < 1) {
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "table",
      expected: "at least one row",
      received: "none",
    });
  }
  const rows = sampledRows(table.rows, settings.sample, settings.seed);
  const room = sortRoom();
  const features = table.columns.map((column): BinnedFeature => {
    if (column.kind === "numeric")
      return numericBins(
        column.name,
        gathered(column.values, rows, room),
        column.values instanceof Float32Array,
        settings,
        room,
      );
    const { categories, counts } = countedCategories(who, column);
    return categoryBins(column.name, categories, counts, settings.minBinRows);
  });
  room.free();
  return coded(who, features, table.columns, table.rows, settings.allocate);
}

/**
 * Another table in the bins of a first one, for validation and continued training: columns by name, categories by
 * value; what the first table lacked goes with the missing ones. A feature gains a bin for missing values, behind all
 * others, where only this table has any; otherwise features are those given.
 *
 * @throws ARGUMENT_INVALID for a column that is absent or of another kind, or memory of another size.
 * @example
 * const seen = binTable(training);
 * const held = binWith(seen.features, validation);
 */
export function binWith(
  features: readonly BinnedFeature[],
  table: TreeTable,
  { allocate = (bytes) => new Uint8Array(bytes) }: { readonly allocate?: AllocateBins | undefined } = {},
): BinnedTable {
  const who = "binWith";
  return coded(who, features, checkFeatures(who, features, table), table.rows, allocate);
}
