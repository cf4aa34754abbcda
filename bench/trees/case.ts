/** What is learned. */
export type TreeTask = "binary" | "multiclass" | "regression";

/** How trees are grown, by our names; every side gets the same. */
export interface TreeSetting {
  readonly rounds: number;
  readonly leaves: number;
  readonly rate: number;
  readonly bins: number;
  readonly minChildRows: number;
  readonly minChildWeight: number;
  readonly rowShare?: number;
  readonly featureShare?: number;
  /** One random threshold for each column. */
  readonly extra?: boolean;
}

/** Rows of a shape that are made up by a seed. */
export interface TreeCase {
  readonly name: string;
  /** "boost" against LightGBM and scikit-learn's histogram booster, "forest" against scikit-learn's random forest. */
  readonly family: "boost" | "forest";
  readonly task: TreeTask;
  readonly rows: number;
  readonly columns: number;
  /** Outputs of a model: classes, or 1. */
  readonly classes: number;
  /** How many categories each of the first columns has. */
  readonly categories: readonly number[];
  /** Whether numbers are missing, by chance in some columns and because of their size in others. */
  readonly missing: boolean;
  readonly setting: TreeSetting;
}

/** LightGBM's defaults. */
export const DEFAULTS: TreeSetting = {
  rounds: 100,
  leaves: 31,
  rate: 0.1,
  bins: 255,
  minChildRows: 20,
  minChildWeight: 1e-3,
};

const NONE = { family: "boost", classes: 1, categories: [], missing: false, setting: DEFAULTS } as const;

/** Full-grown trees, as scikit-learn's forests grow them. */
const GROWN: TreeSetting = { ...DEFAULTS, minChildRows: 1, minChildWeight: 0 };

/** The cases of `npm run bench -- trees`. */
export const TREE_CASES: readonly TreeCase[] = [
  { ...NONE, name: "binary-28", task: "binary", rows: 1_000_000, columns: 28 },
  { ...NONE, name: "binary-100", task: "binary", rows: 100_000, columns: 100 },
  // The shape of UCI HAR's training part with its 561 features, which the data set at hand does not hold.
  { ...NONE, name: "six-classes-561", task: "multiclass", rows: 7352, columns: 561, classes: 6 },
  { ...NONE, name: "regression-50", task: "regression", rows: 1_000_000, columns: 50, missing: true },
  {
    ...NONE,
    name: "categorical-40",
    task: "binary",
    rows: 200_000,
    columns: 40,
    categories: [2, 3, 4, 6, 8, 12, 16, 24, 40, 80, 120, 200],
  },
  {
    ...NONE,
    family: "forest",
    name: "forest-28",
    task: "binary",
    rows: 100_000,
    columns: 28,
    setting: GROWN,
  },
  {
    ...NONE,
    family: "forest",
    name: "forest-regression-20",
    task: "regression",
    rows: 50_000,
    columns: 20,
    setting: GROWN,
  },
];

/** Rows held out beside the training rows of a case. */
export function heldOutRows(rows: number): number {
  return Math.min(200_000, Math.max(5000, Math.round(rows / 5)));
}
