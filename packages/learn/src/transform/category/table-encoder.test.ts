import { referenceRuntime } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import type { Frame } from "../../frame/column.ts";
import { frame } from "../../frame/frame.ts";
import { fitTransform, type FittedTransform } from "../transform.ts";
import { binaryEncoder } from "./binary-encoder.ts";
import { frequencyEncoder } from "./frequency-encoder.ts";
import { ordinalEncoder, type OrdinalEncoderOptions } from "./ordinal-encoder.ts";
import { targetOrderEncoder } from "./target-order-encoder.ts";
import { runLowered } from "./testing/run-lowered.ts";
import { integers, LABELS, matrixOf, NEW, texts, TRAIN, vectorsOf } from "./testing/vector-rows.ts";
import { weightOfEvidence } from "./weight-of-evidence.ts";

type Matrix = readonly (readonly (number | null)[])[];

function expectClose(ours: Matrix, theirs: Matrix, tolerance = 1e-12): void {
  expect(ours.map((row) => row.map((value) => value === null))).toEqual(
    theirs.map((row) => row.map((value) => value === null)),
  );
  const off = ours.flatMap((row, at) =>
    row.map((value, column) => Math.abs((value ?? 0) - (theirs[at]![column] ?? 0))),
  );
  expect(Math.max(...off)).toBeLessThanOrEqual(tolerance);
}

/** Wants both runtimes to give what the frame gives. */
async function expectLowered(fitted: FittedTransform, rows: Frame): Promise<void> {
  const expected = matrixOf(
    fitted.transform(rows),
    fitted.outputs.map(({ name }) => name),
  );
  for (const runtime of [referenceRuntime, onnxruntimeNode]) {
    const made = await runLowered(fitted, rows, runtime);
    const columns = fitted.outputs.map(({ name }) => made[name] as (number | null)[]);
    expectClose(
      expected.map((_, row) => columns.map((column) => column[row]!)),
      expected,
      1e-6,
    );
  }
}

describe("ordinalEncoder", () => {
  test.each(
    vectorsOf<readonly { options: OrdinalEncoderOptions; columns: readonly string[]; new: Matrix }[]>(
      "ordinal",
    ),
  )("equals scikit-learn with $options", async ({ options, columns, new: theirs }) => {
    const own = { handleUnknown: "useEncodedValue", unknownValue: -5, encodedMissingValue: -7 } as const;
    const fitted = fitTransform(ordinalEncoder({ ...own, ...options, columns }), TRAIN);
    expectClose(matrixOf(fitted.transform(NEW), [...columns]), theirs);
    await expectLowered(fitted, NEW);
  });

  test("what is unseen is NaN like what is missing, infrequent or refused if asked", () => {
    const rows = frame([texts("size", ["S", "L", "L", null, "XL", "XL"])]);
    const odd = frame([texts("size", ["M", null, "XL"])]);
    const of = (options: OrdinalEncoderOptions) =>
      matrixOf(fitTransform(ordinalEncoder(options), rows).transform(odd)).flat();
    expect(of({})).toEqual([null, null, 2]);
    expect(of({ minFrequency: 2, handleUnknown: "infrequent" })).toEqual([2, null, 1]);
    expect(() => of({ handleUnknown: "error" })).toThrow(/row 0.*"M".*ARGUMENT_INVALID/);
    expect(() => ordinalEncoder({ categories: { size: ["S", "S"] } })).toThrow(/DEFINITION_ILLEGAL/);
  });
});

test("missing and unseen whole numbers and truths are told apart in a graph, too; the empty text is missing", async () => {
  const bits = Uint8Array.of(0b1011);
  const truth = (values: number[]) =>
    ({ kind: "boolean", name: "truth", values: Uint8Array.from(values), validity: bits }) as const;
  const rows = frame([
    texts("city", ["a", "", "b", ""]),
    integers("floor", [1, null, 3, 1]),
    truth([1, 1, 0, 1]),
  ]);
  const odd = frame([
    texts("city", ["", "z", null, "a"]),
    integers("floor", [null, 2, 3, -1]),
    truth([0, 1, 0, 1]),
  ]);
  const own = { handleUnknown: "useEncodedValue", unknownValue: -5, encodedMissingValue: -7 } as const;
  const fitted = fitTransform(ordinalEncoder(own), rows);
  expect(matrixOf(fitted.transform(odd))).toEqual([
    [-7, -7, -5],
    [-5, -5, 0],
    [-7, 1, -7],
    [0, -5, 0],
  ]);
  await expectLowered(fitted, odd);
  const counts = fitTransform(frequencyEncoder({ normalize: false }), rows);
  expect(matrixOf(counts.transform(odd))).toEqual([
    [2, 1, 0],
    [0, 0, 3],
    [2, 1, 1],
    [1, 0, 3],
  ]);
});

test("a dictionary that grows between pieces is read anew, and one far larger than a piece by its rows", () => {
  const dictionary = ["a", "b"];
  const fitting = ordinalEncoder().start([{ name: "city", kind: "string" }]);
  const piece = (codes: number[], of: readonly string[]) =>
    frame([{ kind: "string", name: "city", codes: Int32Array.from(codes), dictionary: of }]);
  const labelled = targetOrderEncoder().start([{ name: "city", kind: "string" }]);
  const values = (...y: number[]) => ({ kind: "values", y: Float64Array.from(y) }) as const;
  fitting.add(piece([0, 1], dictionary));
  labelled.add(piece([0, 1], dictionary), values(3, 2));
  dictionary.push("c");
  fitting.add(piece([2, 1], dictionary));
  labelled.add(piece([2, 1], dictionary), values(1, 2));
  const large = [...Array(5000).keys()].map((at) => `t${at}`);
  fitting.add(piece([4321], large));
  const fitted = fitting.finish();
  expect(matrixOf(fitted.transform(piece([0, 1, 2], dictionary)))).toEqual([[0], [1], [2]]);
  expect(matrixOf(fitted.transform(piece([4321, 1], large)))).toEqual([[3], [null]]);
  expect(matrixOf(labelled.finish().transform(piece([0, 1, 2], dictionary)))).toEqual([[2], [1], [0]]);
});

describe("frequencyEncoder", () => {
  test.each(vectorsOf<readonly { normalize: boolean; new: Matrix }[]>("frequency"))(
    "equals pandas with normalize $normalize",
    async ({ normalize, new: theirs }) => {
      const fitted = fitTransform(frequencyEncoder({ normalize }), TRAIN);
      expectClose(matrixOf(fitted.transform(NEW)), theirs);
      await expectLowered(fitted, NEW);
    },
  );
});

describe("weightOfEvidence", () => {
  test.each(vectorsOf<readonly { regularization: number; new: Matrix }[]>("weight-of-evidence"))(
    "equals category_encoders with $regularization",
    async ({ regularization, new: theirs }) => {
      const fitted = fitTransform(
        weightOfEvidence({ regularization, columns: ["colour", "floor"] }),
        TRAIN,
        LABELS.binary,
      );
      expectClose(matrixOf(fitted.transform(NEW), ["colour", "floor"]), theirs);
      await expectLowered(fitted, NEW);
    },
  );

  test("wants to know for which class it speaks", () => {
    expect(() => fitTransform(weightOfEvidence(), TRAIN, LABELS.multiclass)).toThrow(
      /two classes, or the option positive/,
    );
    expect(() => fitTransform(weightOfEvidence({ positive: "z" }), TRAIN, LABELS.multiclass)).toThrow(
      /classes with "z"/,
    );
    const one = fitTransform(weightOfEvidence({ positive: "no", columns: ["colour"] }), TRAIN, LABELS.binary);
    const other = fitTransform(weightOfEvidence({ columns: ["colour"] }), TRAIN, LABELS.binary);
    const negated = matrixOf(other.transform(TRAIN), ["colour"]).map(([value]) => [-value!]);
    expectClose(matrixOf(one.transform(TRAIN), ["colour"]), negated);
  });
});

describe("targetOrderEncoder", () => {
  test("ranks categories by their mean", async () => {
    const { city } = vectorsOf<{ city: Record<string, number> }>("target-order");
    const fitted = fitTransform(targetOrderEncoder({ columns: ["city"] }), TRAIN, LABELS.continuous);
    const column = NEW.columns[0]!;
    if (column.kind !== "string") throw new Error(column.kind);
    const expected = Array.from(column.codes, (code) => [city[column.dictionary[code] ?? ""] ?? null]);
    expect(matrixOf(fitted.transform(NEW), ["city"])).toEqual(expected);
    await expectLowered(fitted, NEW);
  });
});

describe("binaryEncoder", () => {
  test("writes places from 1 in digits; none for what is unknown", async () => {
    const fitted = fitTransform(binaryEncoder({ columns: ["city"] }), TRAIN);
    expect(fitted.outputs.map(({ name }) => name)).toEqual(["city#0", "city#1", "city#2", "city#3"]);
    const rows = frame([texts("city", ["Aachen", "Bonn", "\u{1f30d}", "Paris", null])]);
    expect(matrixOf(fitted.transform(rows))).toEqual([
      [0, 0, 0, 1],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    await expectLowered(fitted, rows);
  });
});
