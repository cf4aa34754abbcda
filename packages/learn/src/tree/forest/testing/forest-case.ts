import { seededRandom, type Random } from "../../../random.ts";
import type { ForestKind } from "../forest-model.ts";

/** Made-up rows on which our forests are held against scikit-learn's. */
export interface ForestCase {
  readonly name: string;
  readonly kind: ForestKind | "isolationForest";
  readonly task: "classification" | "regression" | "anomalies";
  readonly classes: number;
  /** Rows to train on; a fifth as many more are predicted. */
  readonly rows: number;
  readonly columns: number;
  readonly features: "sqrt" | "all";
  readonly trees: number;
}

const PLAIN = { features: "sqrt", trees: 100 } as const;

/** Small ones for quality, and those of `--time` that scikit-learn takes a minute for. */
export const FOREST_CASES: Readonly<Record<"quality" | "time", readonly ForestCase[]>> = {
  quality: [
    ...(["randomForest", "extraTrees"] as const).flatMap((kind): ForestCase[] => [
      { ...PLAIN, name: `${kind}-two`, kind, task: "classification", classes: 2, rows: 5000, columns: 20 },
      { ...PLAIN, name: `${kind}-six`, kind, task: "classification", classes: 6, rows: 5000, columns: 30 },
      {
        ...PLAIN,
        name: `${kind}-numbers`,
        kind,
        task: "regression",
        classes: 0,
        rows: 5000,
        columns: 12,
        features: "all",
      },
    ]),
    {
      ...PLAIN,
      name: "isolation-4",
      kind: "isolationForest",
      task: "anomalies",
      classes: 0,
      rows: 5000,
      columns: 4,
    },
    {
      ...PLAIN,
      name: "isolation-20",
      kind: "isolationForest",
      task: "anomalies",
      classes: 0,
      rows: 5000,
      columns: 20,
    },
  ],
  time: [
    {
      ...PLAIN,
      name: "time-two-20",
      kind: "randomForest",
      task: "classification",
      classes: 2,
      rows: 100_000,
      columns: 20,
    },
    {
      ...PLAIN,
      name: "time-six-50",
      kind: "randomForest",
      task: "classification",
      classes: 6,
      rows: 100_000,
      columns: 50,
    },
  ],
};

/** Rows, row-major, with classes, numbers, or 1 for what is anomalous. */
export interface ForestCaseRows {
  readonly X: Float64Array;
  readonly y: Float64Array;
}

/** Rows of a case, training rows first; equal seeds give equal rows. */
export function forestCaseRows({ task, classes, rows, columns }: ForestCase, seed: number): ForestCaseRows {
  const random = seededRandom(seed);
  const all = Math.round(rows * 1.2);
  const X = new Float64Array(all * columns);
  const y = new Float64Array(all);
  const weights = Array.from({ length: Math.max(1, classes) * columns }, () => random.normal());
  for (let row = 0; row < all; row++) {
    const x = X.subarray(row * columns, (row + 1) * columns);
    for (let k = 0; k < columns; k++) x[k] = random.normal();
    if (task === "anomalies") y[row] = anomalous(x, random);
    else if (classes === 0) y[row] = numberOf(x) + 0.3 * random.normal();
    else y[row] = classOf(x, weights, classes, random);
  }
  return { X, y };
}

/** Two clouds and a line between columns; one row in fifty leaves them. */
function anomalous(x: Float64Array, random: Random): number {
  const odd = random.integer(50) === 0;
  const centre = random.integer(2) * 6 - 3;
  for (let k = 0; k < x.length; k++) x[k] = odd ? 10 * random.uniform() - 5 : centre + 0.8 * x[k]!;
  return odd ? 1 : 0;
}

/** J. Friedman's first function (MARS, 1991), its columns normal, squeezed to 0..1. */
function numberOf(x: Float64Array): number {
  const [a, b, c, d, e] = Array.from(x.subarray(0, 5), (value) => 1 / (1 + Math.exp(-1.7 * value)));
  return 10 * Math.sin(Math.PI * a! * b!) + 20 * (c! - 0.5) ** 2 + 10 * d! + 5 * e!;
}

/** The class of the largest score, linear but for products of neighbours; one row in twenty is of any class. */
function classOf(x: Float64Array, weights: readonly number[], classes: number, random: Random): number {
  let [best, most] = [0, -Infinity];
  const used = Math.ceil(x.length / 2);
  for (let label = 0; label < classes; label++) {
    let score = 0;
    for (let k = 0; k < used; k++) {
      const weight = weights[label * x.length + k]!;
      score += weight * (k % 3 === 2 ? x[k]! * x[k - 1]! : x[k]!);
    }
    if (score > most) [best, most] = [label, score];
  }
  return random.integer(20) === 0 ? random.integer(classes) : best;
}
