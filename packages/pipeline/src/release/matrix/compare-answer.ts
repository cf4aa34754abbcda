import type { AdversarialKind } from "./adversarial-row.ts";
import type { Answers } from "./artifact-runtime.ts";

/** How an answer is read: the class of the largest number, a yes from one half on, a label that is a whole number, or numbers. */
export type AnswerKind = "classes" | "yes" | "label" | "numbers";

/** The model's answer among its outputs. */
export interface Answer {
  readonly output: string;
  readonly kind: AnswerKind;
  /** Numbers of one row. */
  readonly width: number;
}

/** What an answer is, by the reference's own over held-out rows. */
export function answerOf(output: string, elementType: string, values: Float64Array, rows: number): Answer {
  const width = values.length / rows;
  if (!elementType.startsWith("float")) return { output, kind: "label", width };
  const within = values.every((value) => value >= -1e-6 && value <= 1 + 1e-6);
  if (width === 1) return { output, kind: within ? "yes" : "numbers", width };
  const sums = Array.from({ length: rows }, (_, row) =>
    values.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0),
  );
  const isShare = within && sums.every((sum) => Math.abs(sum - 1) < 1e-3);
  return { output, kind: isShare ? "classes" : "numbers", width };
}

/** The decision of a row: its class, or NaN where there is none. */
export function decisionOf({ kind, width }: Answer, values: Float64Array, row: number): number {
  const first = values[row * width]!;
  if (kind === "yes") return Number.isNaN(first) ? Number.NaN : Number(first >= 0.5);
  if (kind !== "classes") return first;
  let best = 0;
  for (let column = 1; column < width; column += 1)
    if (values[row * width + column]! > values[row * width + best]!) best = column;
  return Number.isNaN(first) ? Number.NaN : best;
}

/** Standard deviation of each column, over rows that are finite. */
export function columnScales(values: Float64Array, width: number): Float64Array {
  return Float64Array.from({ length: width }, (_, column) => {
    let [count, mean, squares] = [0, 0, 0];
    for (let at = column; at < values.length; at += width) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      // Welford's update (Technometrics 4:3, 1962).
      count += 1;
      const before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
    }
    return count === 0 ? 0 : Math.sqrt(squares / count);
  });
}

/** The largest difference of a row; infinite where one of two numbers is finite and the other is not. */
export function rowDifference(
  left: Float64Array,
  right: Float64Array,
  row: number,
  width: number,
  scales?: Float64Array,
): number {
  let most = 0;
  for (let column = 0; column < width; column += 1) {
    const [value, other] = [left[row * width + column]!, right[row * width + column]!];
    if (Object.is(value, other) || value === other) continue;
    const apart = Math.abs(value - other);
    if (!Number.isFinite(apart)) return Infinity;
    most = Math.max(
      most,
      scales === undefined ? apart : apart / Math.max(scales[column]!, Math.abs(value), Number.MIN_VALUE),
    );
  }
  return most;
}

/** What a cell says of one row. */
export interface RowFinding {
  /** Of the answer: absolute for probabilities, relative to its scale for numbers. */
  readonly answer: number;
  /** Of all other outputs, relative to their scales. */
  readonly feature: number;
  readonly agreed: boolean;
}

/** How near two shares of a row are that rounding may put in either order: eight last bits of float32 below 1. */
const TIE = 5e-7;

/** Whether a row's two largest numbers are the same but for rounding. */
function isTied(values: Float64Array, row: number, width: number): boolean {
  if (width < 2) return false;
  const [first, second] = values.slice(row * width, (row + 1) * width).toSorted((a, b) => b - a);
  return first! - second! <= TIE;
}

/** Compares a cell's answers with the reference's, row by row. */
export function compareRows(
  answer: Answer,
  scales: Readonly<Record<string, Float64Array>>,
  reference: Answers,
  found: Answers,
  rows: number,
): readonly RowFinding[] {
  const others = Object.keys(reference).filter((name) => name !== answer.output);
  const wrong = Object.keys(reference).some((name) => found[name]?.length !== reference[name]!.length);
  return Array.from({ length: rows }, (_, row) => {
    if (wrong) return { answer: Infinity, feature: Infinity, agreed: false };
    const [right, own] = [reference[answer.output]!, found[answer.output]!];
    const relative = answer.kind === "numbers" ? scales[answer.output] : undefined;
    const differs = rowDifference(right, own, row, answer.width, relative);
    const feature = others.reduce((most, name) => {
      const scale = scales[name]!;
      return Math.max(most, rowDifference(reference[name]!, found[name]!, row, scale.length, scale));
    }, 0);
    if (answer.kind === "numbers") return { answer: differs, feature, agreed: differs <= 1e-3 };
    const [decided, expected] = [decisionOf(answer, own, row), decisionOf(answer, right, row)];
    // Where classes are tied, rounding chooses among them.
    const isTie =
      answer.kind === "label"
        ? feature <= TIE && others.some((name) => isTied(reference[name]!, row, scales[name]!.length))
        : differs <= TIE;
    if (isTie && answer.kind === "label") return { answer: 0, feature, agreed: true };
    return { answer: differs, feature, agreed: isTie || Object.is(decided, expected) };
  });
}

/** The answers to a row, so many times behind each other. */
export function repeatedRow(answers: Answers, row: number, rows: number, times: number): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([name, values]) => {
      const width = values.length / rows;
      const own = values.subarray(row * width, (row + 1) * width);
      const copies = new Float64Array(times * width);
      for (let copy = 0; copy < times; copy += 1) copies.set(own, copy * width);
      return [name, copies];
    }),
  );
}

/** Accuracy of decisions, or the root mean square of errors of numbers. */
export function metricOf(answer: Answer, values: Float64Array, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const decided = decisionOf(answer, values, row);
    sum += answer.kind === "numbers" ? (decided - labels[row]!) ** 2 : Number(decided === labels[row]);
  }
  return answer.kind === "numbers" ? Math.sqrt(sum / labels.length) : sum / labels.length;
}

/** Rows of a kind, for a report. */
export interface KindReport {
  readonly kind: AdversarialKind;
  readonly rows: number;
  /** Rows on which the graph has no answer that is a number. */
  readonly unanswered: number;
  readonly difference: number;
  readonly agreed: number;
}
