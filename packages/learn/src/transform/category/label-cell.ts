import { tidelineError } from "@tideline/spec";
import type { Labels } from "../transform-def.ts";
import { grown } from "./grow.ts";

/** Means and spreads of labels, of each category and of all rows, as a fit adds them up. */
export interface LabelCells {
  /** Adds the labels of rows with these ids; -1 is the category of what is missing, less is none at all. */
  add(ids: Int32Array, labels: Labels): void;
  /** Classes of the labels; empty for values. */
  readonly classes: readonly string[];
  /** Of what is told of labels: the classes, or 1 for values. */
  readonly width: number;
  /** The moments of target `at` in the rows of an id; of all rows without an id. */
  moments(at: number, id?: number): LabelMoments;
}

/** Count, mean and sum of squared differences from the mean of labels. */
export interface LabelMoments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/**
 * Starts cells. Counts of classes are exact; moments of values are updated one by one (B. P. Welford, "Note on a method
 * for calculating corrected sums of squares and products", Technometrics 4:3, 1962).
 *
 * @throws ARGUMENT_INVALID from `add` for labels of another kind or other classes than those before, places outside of
 *   the classes, and values that are not finite.
 */
export function labelCells(who: string): LabelCells {
  let classes: readonly string[] | undefined;
  let cells: ReturnType<typeof classCells> | ReturnType<typeof valueCells> | undefined;
  return {
    get classes() {
      return classes ?? [];
    },
    get width() {
      return Math.max(1, classes?.length ?? 0);
    },
    add(ids, labels) {
      const own = labels.kind === "classes" ? labels.classes : [];
      if (
        classes !== undefined &&
        (classes.length !== own.length || classes.some((name, at) => name !== own[at]))
      )
        throw wrongLabels(who, classes.join(", ") || "values, as before", own.join(", ") || "values");
      if (labels.kind === "classes" && own.length < 2)
        throw wrongLabels(who, "at least two classes", String(own.length));
      classes ??= Object.freeze([...own]);
      cells ??= labels.kind === "classes" ? classCells(who, own.length) : valueCells(who);
      cells.add(ids, labels.y);
    },
    moments: (at, id) => cells?.moments(at, id) ?? { count: 0, mean: 0, squares: 0 },
  };
}

/** Counts by id and class. Cell 0 is all rows, cell 1 what is missing, cell 2 the first id. */
function classCells(who: string, width: number) {
  let counts = new Float64Array(0);
  return {
    add(ids: Int32Array, y: ArrayLike<number>) {
      for (let row = 0; row < ids.length; row++) {
        const [id, label] = [ids[row]!, y[row]!];
        if (!(label >= 0 && label < width))
          throw wrongLabels(who, `places among ${width} classes`, String(label));
        const cell = (id + 2) * width;
        if (cell + width > counts.length) counts = grown(counts, cell + width);
        counts[label]!++;
        if (id >= -1) counts[cell + label]!++;
      }
    },
    moments(at: number, id?: number): LabelMoments {
      const start = id === undefined ? 0 : (id + 2) * width;
      const own = counts.subarray(start, start + width);
      const count = own.reduce((sum, each) => sum + each, 0);
      const hits = own[at] ?? 0;
      return { count, mean: hits / count, squares: (hits * (count - hits)) / count };
    },
  };
}

function valueCells(who: string) {
  let cells = new Float64Array(0);
  const add = (cell: number, value: number): void => {
    if (cell + 3 > cells.length) cells = grown(cells, cell + 3);
    const count = ++cells[cell]!;
    const difference = value - cells[cell + 1]!;
    cells[cell + 1]! += difference / count;
    cells[cell + 2]! += difference * (value - cells[cell + 1]!);
  };
  return {
    add(ids: Int32Array, y: ArrayLike<number>) {
      for (let row = 0; row < ids.length; row++) {
        const [id, value] = [ids[row]!, y[row]!];
        if (!Number.isFinite(value)) throw wrongLabels(who, "finite values", String(value));
        add(0, value);
        if (id >= -1) add((id + 2) * 3, value);
      }
    },
    moments(_: number, id?: number): LabelMoments {
      const cell = id === undefined ? 0 : (id + 2) * 3;
      return { count: cells[cell] ?? 0, mean: cells[cell + 1] ?? 0, squares: cells[cell + 2] ?? 0 };
    },
  };
}

/** The error for labels that do not fit. */
export function wrongLabels(who: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field: "labels", expected, received });
}
