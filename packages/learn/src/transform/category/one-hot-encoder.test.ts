import { referenceRuntime } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { frame } from "../../frame/frame.ts";
import { fitTransform } from "../transform.ts";
import { oneHotEncoder, type OneHotEncoderOptions } from "./one-hot-encoder.ts";
import { runLowered } from "./testing/run-lowered.ts";
import { integers, matrixOf, NEW, texts, textsOf, TRAIN, vectorsOf } from "./testing/vector-rows.ts";

const CASES =
  vectorsOf<readonly { options: OneHotEncoderOptions; names: readonly string[]; new: readonly number[][] }[]>(
    "one-hot",
  );

/** scikit-learn's names of outputs as ours. */
function named(name: string): string {
  const [column, ...rest] = name.split("_");
  const value = rest.join("_");
  if (value === "None") return `${column}=`;
  return `${column}=${value === "infrequent_sklearn" ? "(infrequent)" : value}`;
}

const columnsOf = (rows: number, at: (row: number) => readonly number[], names: readonly string[]) =>
  Object.fromEntries(
    names.map((name, output) => [name, Array.from({ length: rows }, (_, row) => at(row)[output])]),
  );

describe("oneHotEncoder", () => {
  test.each(CASES)("equals scikit-learn with $options", async (one) => {
    const fitted = fitTransform(oneHotEncoder(one.options), TRAIN);
    const names = one.names.map(named);
    expect(fitted.outputs.map(({ name }) => name)).toEqual(names);
    expect(matrixOf(fitted.transform(NEW), names)).toEqual(one.new);
    const lowered = columnsOf(NEW.rows, (row) => one.new[row]!, names);
    for (const runtime of [referenceRuntime, onnxruntimeNode])
      expect(await runLowered(fitted, NEW, runtime)).toEqual(lowered);
  });

  test("the vector has the columns side by side", async () => {
    const columns = fitTransform(oneHotEncoder(), TRAIN);
    const vector = fitTransform(oneHotEncoder({ output: "vector", name: "hot" }), TRAIN);
    expect(vector.outputs).toEqual([{ name: "hot", kind: "vector", width: columns.outputs.length }]);
    expect(matrixOf(vector.transform(NEW))).toEqual(matrixOf(columns.transform(NEW)));
    const { hot } = await runLowered(vector, NEW, onnxruntimeNode);
    expect(hot).toEqual(matrixOf(columns.transform(NEW)).flat());
  });

  test("columns of truths take a byte a row", () => {
    const hot = fitTransform(oneHotEncoder({ dtype: "boolean", columns: ["colour"] }), TRAIN).transform(NEW);
    const red = hot.columns.find(({ name }) => name === "colour=red")!;
    expect(red).toMatchObject({ kind: "boolean", values: expect.any(Uint8Array) as unknown });
  });

  test("an unseen value is a missing one by default, nothing or an error if asked", () => {
    const rows = frame([texts("city", ["Bonn", null, "Ulm"])]);
    const odd = frame([texts("city", ["Paris", null])]);
    const of = (options: OneHotEncoderOptions) =>
      matrixOf(fitTransform(oneHotEncoder(options), rows).transform(odd));
    expect(of({})).toEqual([
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(of({ handleUnknown: "ignore" })).toEqual([
      [0, 0, 0],
      [0, 0, 1],
    ]);
    expect(of({ handleMissing: "ignore" })).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(() => of({ handleUnknown: "error" })).toThrow(/column "city", row 0.*"Paris".*ARGUMENT_INVALID/);
  });

  test("given categories keep their order, and strangers of the fit count for nothing", () => {
    const categories = { size: ["S", "M", "L"], floor: ["2", "1"] };
    const rows = frame([texts("size", ["L", "XL", "S"]), integers("floor", [1, 2, 3])]);
    const fitted = fitTransform(oneHotEncoder({ categories }), rows);
    expect(fitted.outputs.map(({ name }) => name)).toEqual([
      "size=S",
      "size=M",
      "size=L",
      "floor=2",
      "floor=1",
    ]);
    expect(matrixOf(fitted.transform(rows))).toEqual([
      [0, 0, 1, 0, 1],
      [0, 0, 0, 1, 0],
      [1, 0, 0, 0, 0],
    ]);
    expect(() => fitTransform(oneHotEncoder({ categories, handleUnknown: "error" }), rows)).toThrow(
      /column "size"/,
    );
  });

  test("too many categories are refused by name", () => {
    const many = frame([
      texts(
        "user_id",
        Array.from({ length: 50 }, (_, at) => `u${at}`),
      ),
      texts("city", Array<string>(50).fill("Bonn")),
    ]);
    expect(() => fitTransform(oneHotEncoder({ maxOutputs: 49 }), many)).toThrow(
      /"user_id".*50 categories.*DATA_MALFORMED/,
    );
    expect(() => fitTransform(oneHotEncoder({ maxDistinct: 49 }), many)).toThrow(
      /"user_id".*at most 49.*DATA_MALFORMED/,
    );
    expect(fitTransform(oneHotEncoder({ maxOutputs: 49, maxCategories: 5 }), many).outputs).toHaveLength(6);
  });

  test("names of outputs that meet are refused", () => {
    const rows = frame([texts("a", ["b=c"]), texts("a=b", ["c"])]);
    expect(() => fitTransform(oneHotEncoder(), rows)).toThrow(/"a=b=c" twice.*ARGUMENT_INVALID/);
    expect(fitTransform(oneHotEncoder({ output: "vector" }), rows).outputs[0]!.width).toBe(2);
  });

  test("pieces with dictionaries of their own are counted as one", () => {
    const pieces = [
      frame([texts("city", ["b", "a", null])]),
      frame([texts("city", ["c", "a"])]),
      frame([texts("city", ["a", "c"])]),
    ];
    const fitting = oneHotEncoder({ minFrequency: 2 }).start([{ name: "city", kind: "string" }]);
    for (const piece of pieces) fitting.add(piece);
    const fitted = fitting.finish();
    expect(fitted.outputs.map(({ name }) => name)).toEqual(["city=a", "city=c", "city=(infrequent)"]);
    expect(textsOf(pieces[0]!, "city")).toEqual(["b", "a", null]);
  });

  test("large whole numbers have no form in a graph", () => {
    const ids = frame([
      { kind: "integer", name: "id", values: BigInt64Array.of(2n ** 40n, 2n ** 60n + 1n, 2n ** 60n) },
    ]);
    const fitted = fitTransform(oneHotEncoder(), ids);
    expect(fitted.outputs.map(({ name }) => name)).toEqual([
      `id=${2 ** 40}`,
      "id=1152921504606846976",
      "id=1152921504606846977",
    ]);
    expect(matrixOf(fitted.transform(ids))).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ]);
    return expect(runLowered(fitted, ids, referenceRuntime)).rejects.toThrow(/2\^24.*RUNTIME_UNSUPPORTED/);
  });
});
