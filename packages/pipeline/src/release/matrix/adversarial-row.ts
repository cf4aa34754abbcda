import type { OnnxModel } from "@tideline/graph";
import { adversarialWindows } from "../adversarial.ts";
import { rowsBetween } from "./between-row.ts";
import { codedGraph, type CodedGraph } from "./coded-graph.ts";
import { exactColumns } from "./exact-column.ts";
import { joinRows, rowInputs, sliceRows, type ModelRows, type RowInput } from "./model-row.ts";
import { featuresOf, floatAt, floatPlace, treesOf, type GraphTrees, type TreeBound } from "./tree-bound.ts";

/** What is strange about a row. */
export const ADVERSARIAL_KINDS = [
  "zero",
  "missing",
  "infinite",
  "extreme",
  "end",
  "level",
  "threshold",
  "text",
] as const;
export type AdversarialKind = (typeof ADVERSARIAL_KINDS)[number];

/** Rows that no person makes and a phone may still see, each of a kind. */
export interface AdversarialRows extends ModelRows {
  readonly kinds: readonly AdversarialKind[];
}

/** Columns of which a single one is made strange; of more, some are taken evenly. */
const COLUMNS = 6;

/** Columns that are tried to move a feature. */
const PLACES = 12;

/** Bounds of trees that rows are put beside: half of them where trees begin, which every row comes by. */
const BOUNDS = 24;

/**
 * Far beyond any sensor and any amount, and yet such that a square keeps within float32: what overflows, overflows in each
 * runtime at another place.
 */
const EXTREMES = [1e15, -1e15, 1e-40, -1e-40];

/** Texts that no dictionary has: none, blank, beyond ASCII and the first plane, long. */
const TEXTS = ["", " ", "\u{1F600}e\u0301\u202E\ufffd", "x".repeat(10_000)];

/** Numbers of float32 beside a bound at which no rounding explains another decision. */
const FARTHER = 64;

/** Some of 0..count, evenly. */
function spread(count: number, most: number): readonly number[] {
  const taken = Math.min(count, most);
  return Array.from({ length: taken }, (_, at) => Math.floor((at * count) / taken));
}

/** Rows that a column's median is taken of at most. */
const MEDIAN_ROWS = 51;

function median(values: ArrayLike<number>, column: number, width: number): number {
  const found = spread(values.length / width, MEDIAN_ROWS)
    .map((row) => values[row * width + column]!)
    .filter(Number.isFinite);
  return Float64Array.from(found).sort()[found.length >> 1] ?? 0;
}

const isFloat = ({ elementType }: RowInput): boolean => elementType.startsWith("float");

/** One row as typical as can be: medians of columns, the first text that is one. */
function typicalRow(inputs: readonly RowInput[], heldOut: ModelRows): ModelRows {
  return {
    count: 1,
    inputs: Object.fromEntries(
      inputs.map(({ name, width, elementType }) => {
        const values = heldOut.inputs[name]!;
        if (elementType === "string") {
          const known = (values as readonly string[]).find((text) => text !== "") ?? "";
          return [name, Array.from({ length: width }, () => known)];
        }
        const numbers = values as ArrayLike<number>;
        return [name, Float64Array.from({ length: width }, (_, column) => median(numbers, column, width))];
      }),
    ),
  };
}

/** A row with the values of some input changed. */
function changed(row: ModelRows, name: string, of: (value: number, column: number) => number): ModelRows {
  const values = Array.from(row.inputs[name] as ArrayLike<number>, of);
  return { count: 1, inputs: { ...row.inputs, [name]: values } };
}

/** A row with every float of every input the same. */
const everywhere = (inputs: readonly RowInput[], row: ModelRows, value: number): ModelRows =>
  inputs.filter(isFloat).reduce((made, { name }) => changed(made, name, () => value), row);

/**
 * Rows on both sides of a bound: the two neighbouring float32 numbers of one input between which the feature passes the
 * threshold, by bisection over float32, the next one on either side, and one farther away. None where no single input moves the feature so far.
 */
function besideBound(
  coded: CodedGraph,
  trees: GraphTrees,
  { feature, threshold }: TreeBound,
  row: ModelRows,
  places: readonly { readonly name: string; readonly column: number }[],
): readonly ModelRows[] {
  const atMost = (rows: ModelRows): boolean => {
    const { values } = featuresOf(coded.model, trees.input, coded.rowsOf(rows));
    return Math.fround(values[feature]!) <= threshold;
  };
  for (const { name, column } of places) {
    const at = (place: number): ModelRows =>
      changed(row, name, (value, own) => (own === column ? floatAt(place) : value));
    let [low, high] = [floatPlace(-1e12), floatPlace(1e12)];
    const below = atMost(at(low));
    if (below === atMost(at(high))) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (atMost(at(middle)) === below) low = middle;
      else high = middle;
    }
    return [low - FARTHER, low - 1, low, high, high + 1, high + FARTHER].map(at);
  }
  return [];
}

/** Numbers of a row at most of which single ones are tried to move a feature: what sums over a window hardly moves by one, see {@link rowsBetween}. */
const WIDEST = 256;

/** Some bounds of trees. */
function someBounds({ bounds }: GraphTrees): readonly TreeBound[] {
  const [first, later] = [true, false].map((is) => bounds.filter(({ isFirst }) => isFirst === is));
  const begun = spread(first!.length, BOUNDS / 2).map((at) => first![at]!);
  return [...begun, ...spread(later!.length, BOUNDS - begun.length).map((at) => later![at]!)];
}

/** Numbers of a row that may move a feature, likeliest first: that of the same place, where trees read an input or a scaled one. */
function placesOf(
  inputs: readonly RowInput[],
  feature: number,
): readonly { readonly name: string; readonly column: number }[] {
  const all = inputs
    .filter(isFloat)
    .flatMap(({ name, width }) => Array.from({ length: width }, (_, column) => ({ name, column })));
  const away = (at: number): number => Math.abs(at - feature);
  return all
    .map((place, at) => ({ place, at }))
    .toSorted((left, right) => away(left.at) - away(right.at))
    .slice(0, PLACES)
    .map(({ place }) => place);
}

/**
 * Adversarial rows of a model: all zero, missing and infinite numbers (all of them, and one at a time), extreme scales, the
 * lowest and highest of what is held out, constant and alternating levels for windows, thresholds of trees with their neighbours
 * among float32, texts that no dictionary has. What they start from is the held-out rows' medians, so they stay in the pipeline as well.
 *
 * @example
 * const strange = adversarialRows(model, heldOut);
 * strange.kinds.filter((kind) => kind === "threshold").length;
 */
export function adversarialRows(model: OnnxModel, heldOut: ModelRows): AdversarialRows {
  const inputs = rowInputs(model);
  const base = typicalRow(inputs, heldOut);
  const parts: ModelRows[] = [];
  const kinds: AdversarialKind[] = [];
  const add = (kind: AdversarialKind, ...rows: readonly ModelRows[]): void => {
    for (const row of rows)
      for (let at = 0; at < row.count; at += 1) {
        parts.push(row.count === 1 ? row : sliceRows(inputs, row, at, at + 1));
        kinds.push(kind);
      }
  };
  const floats = inputs.filter(isFloat);
  if (floats.length > 0) {
    add("zero", everywhere(inputs, base, 0));
    add("missing", everywhere(inputs, base, Number.NaN));
    add("infinite", everywhere(inputs, base, Infinity), everywhere(inputs, base, -Infinity));
    for (const value of EXTREMES) add("extreme", everywhere(inputs, base, value));
  }
  for (const input of inputs) {
    if (input.elementType === "string") {
      for (const text of TEXTS)
        add("text", {
          count: 1,
          inputs: { ...base.inputs, [input.name]: Array.from({ length: input.width }, () => text) },
        });
      continue;
    }
    const ends = endsOf(heldOut.inputs[input.name] as ArrayLike<number>, input.width);
    add("end", ...ends.map((end) => changed(base, input.name, (_, column) => end[column]!)));
    if (!isFloat(input)) continue;
    for (const column of spread(input.width, COLUMNS))
      for (const [kind, value] of [
        ["missing", Number.NaN],
        ["infinite", Infinity],
        ["infinite", -Infinity],
      ] as const)
        add(
          kind,
          changed(base, input.name, (old, own) => (own === column ? value : old)),
        );
    if (input.dims.length === 2) {
      const [size, channels] = input.dims as readonly [number, number];
      const windows = adversarialWindows(size, channels);
      const count = windows.length / input.width;
      for (let at = 0; at < count; at += 1)
        add(
          "level",
          changed(base, input.name, (_, column) => windows[at * input.width + column]!),
        );
    }
  }
  const coded = codedGraph(model);
  const isWide = floats.reduce((sum, { width }) => sum + width, 0) > WIDEST;
  for (const trees of coded === undefined ? [] : treesOf(coded.model)) {
    if (isWide && exactColumns(coded!.model, trees.input).includes(false)) {
      add("threshold", ...rowsBetween(coded!, inputs, trees, heldOut));
      continue;
    }
    for (const bound of someBounds(trees))
      add("threshold", ...besideBound(coded!, trees, bound, base, placesOf(inputs, bound.feature)));
  }
  return Object.freeze({ ...joinRows(inputs, parts), kinds: Object.freeze(kinds) });
}

/** The least and the largest of each column that are finite. */
function endsOf(values: ArrayLike<number>, width: number): readonly (readonly number[])[] {
  const [least, most] = [Infinity, -Infinity].map((start) => Array.from({ length: width }, () => start)) as [
    number[],
    number[],
  ];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!;
    if (!Number.isFinite(value)) continue;
    least[at % width] = Math.min(least[at % width]!, value);
    most[at % width] = Math.max(most[at % width]!, value);
  }
  return [least, most].map((list) => list.map((value) => (Number.isFinite(value) ? value : 0)));
}
