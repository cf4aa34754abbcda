import type { CodedGraph } from "./coded-graph.ts";
import { joinRows, sliceRows, type ModelRows, type RowInput } from "./model-row.ts";
import { featuresOf, type GraphTrees, type TreeBound } from "./tree-bound.ts";

/** Rows between which bounds are sought, at most. */
const ENDS = 8;

/** Bounds that are sought at most, and rows that are computed for each: by then what is smooth is a last bit from its bound. */
const [BOUNDS, STEPS] = [8, 8];

/** The line between two rows on either side of a bound. */
interface Line {
  readonly bound: TreeBound;
  readonly rows: readonly [ModelRows, ModelRows];
  /** Places between the rows, 0 to 1, with the bound between them, and how far beyond it the feature is there. */
  readonly places: readonly [number, number];
  readonly beyond: readonly [number, number];
  /** Which of the places was found last. */
  readonly last?: 0 | 1;
}

/** The row at a place of a line; what is no float stays as in the first row. */
function rowAt(inputs: readonly RowInput[], [first, second]: Line["rows"], place: number): ModelRows {
  return {
    count: 1,
    inputs: Object.fromEntries(
      inputs.map(({ name, elementType }) => {
        const own = first.inputs[name]!;
        if (!elementType.startsWith("float")) return [name, own];
        const other = second.inputs[name] as ArrayLike<number>;
        return [
          name,
          Float32Array.from(own as ArrayLike<number>, (value, at) => value + place * (other[at]! - value)),
        ];
      }),
    ),
  };
}

/** Where a straight feature would meet its bound; else the middle. */
function nextPlace({ places: [low, high], beyond: [first, second] }: Line): number {
  const place = low + ((high - low) * first) / (first - second);
  return place > low && place < high ? place : (low + high) / 2;
}

/** A line with the place on the same side moved; the Illinois method (M. Dowell, P. Jarratt, 1971). */
function narrowed(line: Line, place: number, beyond: number): Line {
  const last = beyond <= 0 === line.beyond[0] <= 0 ? 0 : 1;
  const other = 1 - last;
  const weight = line.beyond[other]! * (line.last === last ? 0.5 : 1);
  const pair = (own: number, left: number) => (last === 0 ? [own, left] : [left, own]) as [number, number];
  return { ...line, last, places: pair(place, line.places[other]!), beyond: pair(beyond, weight) };
}

/**
 * Rows on both sides of bounds of trees that read what a graph computes of many numbers, as of a window, none of which alone moves it
 * far: on the line between two held-out rows. None for a bound that all rows are on one side of.
 *
 * @param coded the graph as the interpreter takes it
 * @param inputs of the graph as it was, whose rows come and go
 */
export function rowsBetween(
  coded: CodedGraph,
  inputs: readonly RowInput[],
  trees: GraphTrees,
  heldOut: ModelRows,
): readonly ModelRows[] {
  const features = (rows: readonly ModelRows[]): ((row: number, feature: number) => number) => {
    const joined = coded.rowsOf(joinRows(inputs, rows));
    const { width, values } = featuresOf(coded.model, trees.input, joined);
    return (row, feature) => Math.fround(values[row * width + feature]!);
  };
  const spread = (count: number, most: number): readonly number[] =>
    Array.from({ length: Math.min(count, most) }, (_, at) =>
      Math.floor((at * count) / Math.min(count, most)),
    );
  const rows = spread(heldOut.count, ENDS).map((at) => sliceRows(inputs, heldOut, at, at + 1));
  const known = features(rows);
  let lines = spread(trees.bounds.length, BOUNDS).flatMap((at): readonly Line[] => {
    const bound = trees.bounds[at]!;
    const beyond = rows.map((_, row) => known(row, bound.feature) - bound.threshold);
    const ordered = [...rows.keys()]
      .filter((row) => Number.isFinite(beyond[row]))
      .toSorted((left, right) => beyond[left]! - beyond[right]!);
    const above = ordered.findIndex((row) => beyond[row]! > 0);
    if (above < 1) return [];
    const [low, high] = [ordered[above - 1]!, ordered[above]!];
    return [
      {
        bound,
        rows: [rows[low]!, rows[high]!],
        places: [0, 1],
        beyond: [beyond[low]!, beyond[high]!],
      },
    ];
  });
  for (let step = 0; step < STEPS && lines.length > 0; step += 1) {
    const places = lines.map(nextPlace);
    const found = features(lines.map((line, at) => rowAt(inputs, line.rows, places[at]!)));
    lines = lines.map((line, at) => {
      const { feature, threshold } = line.bound;
      return narrowed(line, places[at]!, found(at, feature) - threshold);
    });
  }
  return lines.flatMap(({ rows: ends, places }) => places.map((place) => rowAt(inputs, ends, place)));
}
