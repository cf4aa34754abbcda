import { tidelineError, type TidelineError } from "@tideline/spec";
import type { BinnedFeature, BinnedTable } from "../binned-table.ts";
import type { TreeColumn, TreeTable } from "../tree-table.ts";
import { allocated, binSettings, type BinOptions } from "./bin-option.ts";
import { columnCoder } from "./column-coder.ts";
import { surveyStream } from "./stream-survey.ts";
import { withMissing } from "./numeric-bin.ts";
import { checkFeatures } from "./check-feature.ts";

/** Rows that pass by in pieces of any length, each time it is called anew from the first on, in the same order. */
export type TreeChunks = () => AsyncIterable<TreeTable>;

/** How a stream is binned. */
export interface BinStreamOptions extends BinOptions {
  /** Columns that trees do not ask and that are kept whole: labels, weights, groups. */
  readonly extra?: readonly string[];
  /** Bins of another table, which these rows shall have. Default: those of this stream. */
  readonly features?: readonly BinnedFeature[];
  /** Ends it between two chunks. */
  readonly signal?: AbortSignal;
}

/** A stream of which bins are left, and the columns beside them. */
export interface BinnedStream {
  readonly table: BinnedTable;
  /** The `extra` columns by name; a chunk's numbers keep their array type. */
  readonly extra: Readonly<Record<string, TreeColumn>>;
}

const WHO = "binStream";

function changed(first: number, second: string): TidelineError {
  return tidelineError("DATA_MALFORMED", {
    who: WHO,
    field: "the second pass",
    expected: `${first} rows, as in the first`,
    received: second,
    remedy: "Read a source that does not change meanwhile: a snapshot, or files that are closed.",
  });
}

/**
 * Bins of rows that never are in memory together: {@link binTable} of a stream, and equal to it. A first pass draws the
 * sample and counts categories, a second writes bins straight into the memory that `allocate` gives: a byte for each
 * row and feature, plus the sample (of a numeric column about 1.3 MB, and twice as much of one that float32 does not hold)
 * and a chunk. The sample is given back before bins are written.
 *
 * @throws DEFINITION_ILLEGAL for options; ARGUMENT_INVALID for columns that are absent or of another kind;
 *   DATA_MALFORMED for no rows, chunks whose columns differ, more than 2^20 categories, and for a second pass that has
 *   other rows than the first.
 * @example
 * const { table, extra } = await binStream(chunks, { extra: ["label"], bins: 255, seed: 1 });
 */
export async function binStream(chunks: TreeChunks, options: BinStreamOptions = {}): Promise<BinnedStream> {
  const settings = binSettings(WHO, options);
  const { rows, features, extra } = await surveyStream(WHO, chunks(), settings, options);
  const bins = features.map(() => allocated(WHO, settings.allocate, rows, features.length));
  for (const column of extra) column.open(rows);
  const coders = features.map((feature) => columnCoder(feature));
  const seen = features.map(() => false);
  let [row, chunk] = [0, 0];
  for await (const table of chunks()) {
    options.signal?.throwIfAborted();
    if (row + table.rows > rows) throw changed(rows, "more");
    const own = `${WHO}: chunk ${chunk++}`;
    for (const [at, column] of checkFeatures(own, features, table).entries())
      seen[at] = coders[at]!(column, bins[at]!.subarray(row, row + table.rows)) || seen[at]!;
    for (const [at, column] of checkFeatures(own, extra, table).entries()) extra[at]!.put(column, row);
    row += table.rows;
  }
  if (row < rows) throw changed(rows, String(row));
  const table = Object.freeze({
    rows,
    features: Object.freeze(features.map((feature, at) => withMissing(feature, seen[at]!))),
    bins: Object.freeze(bins),
  });
  return Object.freeze({
    table,
    extra: Object.freeze(Object.fromEntries(extra.map((column) => [column.name, column.column()]))),
  });
}
