import { seededRandom } from "../../../random.ts";

/** Columns of a table that a test makes: numbers with missing ones, and categories. */
export type MadeColumns = {
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Missing in every seventh row. */
  readonly c: Float64Array;
  readonly d: readonly (string | null)[];
};

/** Rows by a seed, with numbers that follow from them but for some noise. */
export function madeRows(
  rows: number,
  seed: number,
): { readonly columns: MadeColumns; readonly y: Float64Array } {
  const random = seededRandom(seed);
  const numbers = () => Float64Array.from({ length: rows }, () => random.normal());
  const [a, b, c] = [numbers(), numbers(), numbers()];
  const d = Array.from({ length: rows }, () => ["red", "green", "blue", "grey", null][random.integer(5)]!);
  for (let row = 0; row < rows; row += 7) c[row] = NaN;
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const missing = Number.isNaN(c[row]) ? 1.5 : c[row]!;
    const own = d[row] === "red" ? 2 : d[row] === null ? -1 : 0;
    return 2 * Math.sin(2 * a[row]!) + a[row]! * b[row]! + missing + own + 0.3 * random.normal();
  });
  return { columns: { a, b, c, d }, y };
}

/** Of two classes or three: those of low, middle and high numbers. */
export function madeClasses(y: Float64Array, classes: 2 | 3): Int32Array {
  return Int32Array.from(y, (value) =>
    classes === 2 ? Number(value > 0.5) : value < -0.5 ? 0 : value < 1.5 ? 1 : 2,
  );
}

/** Grades 0 to 4, and groups of ten rows. */
export function madeGrades(y: Float64Array): {
  readonly y: Int32Array;
  readonly groupSizes: readonly number[];
} {
  return {
    y: Int32Array.from(y, (value) => Math.max(0, Math.min(4, Math.round(value + 1)))),
    groupSizes: Array.from({ length: y.length / 10 }, () => 10),
  };
}
