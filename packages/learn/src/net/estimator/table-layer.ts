import type { Value } from "@tideline/graph";
import { matrix } from "../../matrix.ts";
import { quantileOfSorted } from "../../quantile.ts";
import { embedding } from "../layer/embedding.ts";
import { rowsReshaped } from "../layer/define-layer.ts";
import type { NetScope } from "../net.ts";
import { standardise } from "../../standardise.ts";
import { inverseOf } from "./standardised.ts";
import { numberOf, type Table, type TableEncoding } from "./table-encoding.ts";
import { UNKNOWN_CATEGORY } from "./vocabulary.ts";

/** What stands for a column that has no number at all. */
const NOTHING = new Float64Array(1);

/** Numbers that stand for one of so many values; the rule of thumb of the fastai library, with a lower end. */
function embeddingSize(values: number): number {
  return Math.min(50, Math.max(2, Math.round(1.6 * values ** 0.56)));
}

/**
 * The embeddings of all categorical columns side by side: int64 [batch, C] to [batch, sum of sizes]. What is unknown is
 * zeros where no training row was, which would have taught it otherwise; a negative number is unknown.
 */
export function embeddedCategories(
  scope: NetScope,
  ids: Value,
  { categorical }: TableEncoding,
  size: number | undefined,
): Value {
  const { g } = scope;
  const ones = categorical.map(() => 1);
  // A Gather would count from the end; known at once for all columns, targets need not look for that in each.
  const counted = g.op("Max", [ids, g.scalar(UNKNOWN_CATEGORY, "int64")]);
  const columns = categorical.length === 1 ? [counted] : g.ops("Split", [counted, g.ints(ones)], { axis: 1 });
  const parts = categorical.map(({ values, unknownSeen }, at) => {
    const own = size ?? embeddingSize(values.length);
    const layer = embedding({
      entries: values.length + 1,
      size: own,
      ...(unknownSeen ? {} : { blank: UNKNOWN_CATEGORY }),
    });
    return { size: own, value: layer(scope.within(`column${at + 1}`), columns[at]!) };
  });
  const values = parts.map(({ value }) => value);
  const side = values.length === 1 ? values[0]! : g.op("Concat", values, { axis: 2 });
  return rowsReshaped(scope, side, [parts.reduce((sum, part) => sum + part.size, 0)]);
}

/** How raw numbers, and which of them are missing, become what the net sees. */
export type NumbersLayer = (scope: NetScope, numbers: Value, missing: Value | undefined) => Value;

/**
 * Numbers standardised by the training rows, a missing one as the mean; with "indicate" the marks of what is missing
 * beside them; with bins also how far each number is through each bin between quantiles (Y. Gorishniy et al., "On
 * Embeddings for Numerical Features in Tabular Deep Learning", NeurIPS 2022, sec. 3.2).
 */
export function numbersLayer(rows: Table, encoding: TableEncoding, bins: number): NumbersLayer {
  return layerOf(scalesOf(rows, encoding, bins), encoding);
}

/** What is kept of the numbers of training rows. */
interface NumberScales {
  /** By column: its mean, and 1 over its deviation. */
  readonly centre: Float32Array;
  readonly factor: Float32Array;
  /** Bins: the place of the column, where the bin begins, and how wide it is. */
  readonly pieces: readonly { readonly at: number; readonly low: number; readonly width: number }[];
}

function scalesOf({ columns }: Table, { numeric }: TableEncoding, bins: number): NumberScales {
  const known = numeric.map((name) =>
    Float64Array.from(columns[name]!, numberOf).filter((value) => !Number.isNaN(value)),
  );
  const moments = known.map((values) =>
    standardise({}).fit(matrix(Math.max(1, values.length), 1, values.length === 0 ? NOTHING : values)),
  );
  const centre = Float32Array.from(moments, ({ mean }) => mean[0]!);
  const factor = Float32Array.from(moments, ({ scale }) => inverseOf(scale[0]!));
  const edges = known.map((values) => (bins === 0 ? [] : binEdges(values, bins)));
  const pieces = edges.flatMap((own, at) =>
    own.slice(1).map((high, bin) => ({ at, low: own[bin]!, width: high - own[bin]! })),
  );
  return { centre, factor, pieces };
}

/** A function of its own: a layer made where the training rows are in scope would keep them alive in every model. */
function layerOf(
  { centre, factor, pieces }: NumberScales,
  { missing: treatment }: TableEncoding,
): NumbersLayer {
  return (scope, numbers, missing) => {
    const { g } = scope;
    const there = missing && g.op("Sub", [g.scalar(1), missing]);
    const standard = g.op("Mul", [g.op("Sub", [numbers, g.constant(centre)]), g.constant(factor)]);
    const parts = [there === undefined ? standard : g.op("Mul", [standard, there])];
    if (missing !== undefined && treatment === "indicate") parts.push(missing);
    if (pieces.length > 0) {
      const places = g.ints(pieces.map(({ at }) => at));
      const low = g.constant(Float32Array.from(pieces, (piece) => piece.low));
      const slope = g.constant(Float32Array.from(pieces, ({ width }) => inverseOf(width)));
      const spread = g.op("Gather", [numbers, places], { axis: 1 });
      const through = g.op("Mul", [g.op("Sub", [spread, low]), slope]);
      const piecewise = g.op("Clip", [through, g.scalar(0), g.scalar(1)]);
      const mask = there && g.op("Gather", [there, places], { axis: 1 });
      parts.push(mask === undefined ? piecewise : g.op("Mul", [piecewise, mask]));
    }
    return parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis: 1 });
  };
}

/**
 * Distinct quantiles of a column, in order; none for a column of one value. Where many rows share a value quantiles fall
 * together (most people have no capital gain): those quantiles are taken again, among the distinct values.
 */
function binEdges(values: Float64Array, bins: number): readonly number[] {
  const sorted = values.map(Math.fround).sort();
  if (sorted.length === 0 || sorted[0] === sorted.at(-1)) return [];
  const quantiles = (from: Float64Array, count: number) =>
    Array.from({ length: count + 1 }, (_, at) => Math.fround(quantileOfSorted(from, at / count)));
  const edges = new Set(quantiles(sorted, bins));
  const lost = bins + 1 - edges.size;
  const distinct = Float64Array.from(new Set(sorted));
  for (const edge of lost === 0 ? [] : quantiles(distinct, lost)) edges.add(edge);
  return [...edges].sort((left, right) => left - right);
}
