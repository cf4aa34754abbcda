import { describe, expect, test } from "vitest";
import { frame } from "../../frame/frame.ts";
import { seededRandom } from "../../random.ts";
import { chain } from "../chain.ts";
import { crossFitted } from "../cross-fit.ts";
import { fitTransform } from "../transform.ts";
import type { Labels } from "../transform-def.ts";
import { rareGrouper } from "./rare-grouper.ts";
import { targetEncoder } from "./target-encoder.ts";
import { FOLD, integers, LABELS, matrixOf, NEW, texts, TRAIN, vectorsOf } from "./testing/vector-rows.ts";

interface Case {
  readonly labels: keyof typeof LABELS;
  readonly smooth: "auto" | number;
  readonly train: readonly (readonly number[])[];
  readonly new: readonly (readonly number[])[];
}

function largestDifference(ours: readonly (readonly (number | null)[])[], theirs: Case["new"]): number {
  return Math.max(
    ...ours.flatMap((row, at) => row.map((value, column) => Math.abs(value! - theirs[at]![column]!))),
  );
}

describe("targetEncoder", () => {
  test.each(vectorsOf<readonly Case[]>("target"))(
    "equals scikit-learn on $labels labels with smooth $smooth, in and out of fold",
    (one) => {
      const labels = LABELS[one.labels];
      const transform = targetEncoder({ smooth: one.smooth });
      const fitted = fitTransform(transform, TRAIN, labels);
      const names = fitted.outputs.map(({ name }) => name);
      expect(names).toHaveLength(one.new[0]!.length);
      expect(largestDifference(matrixOf(fitted.transform(NEW), names), one.new)).toBeLessThan(1e-12);
      const folded = crossFitted(transform, fitted, TRAIN, labels, FOLD);
      expect(largestDifference(matrixOf(folded, names), one.train)).toBeLessThan(1e-12);
    },
  );

  test("names a column for each of several classes", () => {
    const fitted = fitTransform(targetEncoder({ columns: ["colour"] }), TRAIN, LABELS.multiclass);
    expect(fitted.outputs.map(({ name }) => name)).toEqual(["colour:a", "colour:b", "colour:c"]);
  });

  test("a column of chance identifiers tells nothing of labels out of fold, but all of them in the fit", () => {
    const rows = 4000;
    const random = seededRandom(5);
    const table = frame([
      integers(
        "id",
        Array.from({ length: rows }, () => random.integer(2000)),
      ),
    ]);
    const y = Int32Array.from({ length: rows }, () => random.integer(2));
    const labels: Labels = { kind: "classes", y, classes: ["no", "yes"] };
    const transform = targetEncoder({ smooth: 1 });
    const fitted = fitTransform(transform, table, labels);
    const fold = Int32Array.from({ length: rows }, (_, row) => row % 5);
    const correlation = (numbers: readonly (readonly (number | null)[])[]) => {
      const [x, means] = [numbers.map(([value]) => value!), y.reduce((sum, one) => sum + one, 0) / rows];
      const mean = x.reduce((sum, one) => sum + one, 0) / rows;
      let [both, own, other] = [0, 0, 0];
      for (let row = 0; row < rows; row++) {
        both += (x[row]! - mean) * (y[row]! - means);
        own += (x[row]! - mean) ** 2;
        other += (y[row]! - means) ** 2;
      }
      return both / Math.sqrt(own * other);
    };
    expect(correlation(matrixOf(fitted.transform(table)))).toBeGreaterThan(0.6);
    // Chance alone gives 1 / sqrt(4000) = 0.016 in one deviation.
    expect(Math.abs(correlation(matrixOf(crossFitted(transform, fitted, table, labels, fold))))).toBeLessThan(
      0.05,
    );
  });

  test("a chain gives training rows out of its folds, and new rows what all rows tell", () => {
    const folds = [0, 1, 2, 3].map((held) => {
      const at = (inside: boolean) =>
        FOLD.map((_, row) => row).filter((row) => (FOLD[row] === held) === inside);
      return { train: at(false), test: at(true) };
    });
    const steps = chain([rareGrouper({ columns: ["city"], minFrequency: 0.02 }), targetEncoder()]);
    const made = steps.fitTransform(TRAIN, LABELS.binary, { folds });
    const grouped = fitTransform(rareGrouper({ columns: ["city"], minFrequency: 0.02 }), TRAIN);
    const fitted = fitTransform(targetEncoder(), grouped.transform(TRAIN), LABELS.binary);
    const expected = crossFitted(targetEncoder(), fitted, grouped.transform(TRAIN), LABELS.binary, FOLD);
    expect(matrixOf(made.rows)).toEqual(matrixOf(expected));
    expect(matrixOf(made.chain.transform(NEW))).toEqual(matrixOf(fitted.transform(grouped.transform(NEW))));
  });

  test("labels that change their classes, or are none, are refused", () => {
    const piece = frame([texts("city", ["a", "b"])]);
    const fitting = targetEncoder().start([{ name: "city", kind: "string" }]);
    fitting.add(piece, { kind: "classes", y: Int32Array.of(0, 1), classes: ["x", "y"] });
    expect(() =>
      fitting.add(piece, { kind: "classes", y: Int32Array.of(0, 1), classes: ["y", "x"] }),
    ).toThrow(/x, y.*y, x/);
    const values = (numbers: number[]): Labels => ({ kind: "values", y: Float64Array.from(numbers) });
    expect(() => fitTransform(targetEncoder(), piece, values([1, Infinity]))).toThrow(/finite values/);
    const odd: Labels = { kind: "classes", y: Int32Array.of(0, 2), classes: ["x", "y"] };
    expect(() => fitTransform(targetEncoder(), piece, odd)).toThrow(/places among 2 classes/);
  });
});
