import type { Column, Frame } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import { isMissing } from "../frame/validity.ts";
import { cramersV, correlationRatio, streamedCorrelations } from "../select/association.ts";
import type { ColumnProfile } from "./profile-report.ts";

/** Different values of a label that are taken for classes, where it is whole numbers. */
const MOST_CLASSES = 20;

/** A column as classes: places of values, -1 missing. */
interface Codes {
  readonly codes: Int32Array;
  readonly values: number;
}

/** How much each column of a sample goes with its label, by place; null where that cannot be said. */
export function labelAssociations(sample: Frame, label: string): readonly ColumnProfile["label"][] {
  const y = sample.columns.find(({ name }) => name === label)!;
  const classes = classesOf(y, sample.rows);
  return sample.columns.map((column) => {
    if (column.name === label) return null;
    const found = associate(column, y, classes, sample.rows);
    return found === null || !Number.isFinite(found.value) ? null : found;
  });
}

function associate(x: Column, y: Column, classes: Codes | undefined, rows: number): ColumnProfile["label"] {
  const own = isNumbers(x) ? undefined : classesOf(x, rows);
  if (classes !== undefined && isNumbers(x)) {
    const value = correlationRatio(...present(finite(x), (row) => classes.codes[row]!, rows), classes.values);
    return { measure: "eta", value };
  }
  if (classes !== undefined) {
    if (own === undefined || own.values * classes.values > 2 ** 22) return null;
    return {
      measure: "cramers-v",
      value: cramersV(own.codes, own.values, classes.codes, classes.values).corrected,
    };
  }
  if (!isNumbers(y)) return null;
  if (own !== undefined) {
    const value = correlationRatio(...present(finite(y), (row) => own.codes[row]!, rows), own.values);
    // Means of groups that have a row or two each follow the label by themselves.
    return own.values * 20 > rows ? null : { measure: "eta", value };
  }
  if (!isNumbers(x)) return null;
  const sums = streamedCorrelations(2);
  sums.add([finite(x), finite(y)]);
  return { measure: "pearson", value: sums.values()[1]! };
}

/** Numbers and codes of the rows that have both. */
function present(x: Float64Array, codeOf: (row: number) => number, rows: number): [Float64Array, Int32Array] {
  const [values, codes] = [new Float64Array(rows), new Int32Array(rows)];
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const code = codeOf(row);
    if (x[row] !== x[row] || code < 0) continue;
    values[count] = x[row]!;
    codes[count++] = code;
  }
  return [values.subarray(0, count), codes.subarray(0, count)];
}

/** Whether a column counts as numbers here. */
export function isNumbers(column: Column): boolean {
  return column.kind === "float" || column.kind === "integer" || column.kind === "time";
}

/** Numbers with NaN for what is not finite. */
export function finite(column: Column): Float64Array {
  const values = numbersOf(column);
  const out = new Float64Array(values.length);
  for (let row = 0; row < out.length; row++) {
    const value = values[row]!;
    out[row] = value - value === 0 ? value : Number.NaN;
  }
  return out;
}

/** Texts and truths as classes, whole numbers where there are few. */
export function classesOf(column: Column, rows: number): Codes | undefined {
  if (column.kind === "string") return { codes: column.codes, values: column.dictionary.length };
  if (column.kind !== "boolean" && column.kind !== "integer") return undefined;
  const codes = new Int32Array(rows).fill(-1);
  const known = new Map<number | bigint, number>();
  for (let row = 0; row < rows; row++) {
    if (isMissing(column, row)) continue;
    const value = column.values[row]!;
    let code = known.get(value);
    if (code === undefined) {
      if (known.size === MOST_CLASSES) return undefined;
      known.set(value, (code = known.size));
    }
    codes[row] = code;
  }
  return { codes, values: known.size };
}
