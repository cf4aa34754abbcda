/** Who prepares. */
export type PreparationSide = "ours" | "pandas" | "polars" | "sklearn" | "numpy" | "pillow";

/** A job that is done by all sides on the same files. */
export interface PreparationCase {
  readonly name: string;
  /** What it is, for people. */
  readonly job: string;
  /** Rows, texts, windows or photos, at growth 1. */
  readonly rows: number;
  readonly peers: readonly Exclude<PreparationSide, "ours">[];
  /**
   * Ways of sides to go from files to the result without loading all columns first. The job is what is done of loaded columns;
   * of the whole process the least of all ways counts.
   */
  readonly ways?: Partial<Readonly<Record<PreparationSide, readonly string[]>>>;
  /** The largest ratio of our time over the fastest peer's that is accepted. */
  readonly bound: number;
  /** How far the sums that sides answer may be apart, relative to the peer's. */
  readonly tolerance: number;
}

/** The cases of `npm run bench -- preparation`. */
export const PREPARATION_CASES: readonly PreparationCase[] = [
  {
    name: "table",
    job: "impute, standardise and one-hot 30 columns of numbers and 10 of categories",
    rows: 1_000_000,
    peers: ["pandas", "polars", "sklearn"],
    bound: 1,
    tolerance: 1e-6,
  },
  {
    name: "windows",
    job: "count, mean and maximum of each event's last hour, and sums of each hour, for each of 10,000 people",
    rows: 10_000_000,
    peers: ["pandas", "polars"],
    bound: 1,
    tolerance: 1e-6,
  },
  {
    name: "join",
    job: "for each of rows / 100 labels the last values that were known at its time",
    rows: 10_000_000,
    peers: ["pandas", "polars"],
    ways: { ours: ["stream"], polars: ["lazy", "streaming"] },
    bound: 1.1,
    tolerance: 1e-9,
  },
  {
    name: "tfidf",
    job: "TF-IDF of texts of some 20 words",
    rows: 100_000,
    peers: ["sklearn"],
    bound: 1,
    tolerance: 1e-6,
  },
  {
    name: "information",
    job: "mutual information of 200 columns with a class, by nearest neighbours",
    rows: 100_000,
    peers: ["sklearn"],
    bound: 1,
    tolerance: 0.02,
  },
  {
    name: "signals",
    job: "statistical and spectral features of windows of 128 x 6",
    rows: 100_000,
    peers: ["numpy"],
    bound: 1,
    tolerance: 1e-3,
  },
  {
    name: "photos",
    job: "decode JPEG photos of 1280 x 960 and resize them to 224 x 224 (bilinear, antialiased)",
    rows: 2000,
    peers: ["pillow"],
    bound: 1,
    tolerance: 0.01,
  },
];
