import { describe, expect, test } from "vitest";
import { onnxruntimeNode as runtime } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { matrix } from "../../matrix.ts";
import { mlp } from "./mlp.ts";
import { tableEmbedding } from "./table-embedding.ts";
import { numbering, vocabulary } from "./vocabulary.ts";
import { tokeniser } from "./tokeniser.ts";

const y = Int32Array.from({ length: 16 }, (_, row) => row % 2);
const classes = ["a", "b"];
const values = Float64Array.from({ length: 32 }, (_, at) => Math.sin(at));
const X = matrix(16, 2, values);
const quick = { hidden: [4], epochs: 1 };

describe("numbers that float64 has and float32 has not", () => {
  test("are refused as those that are not finite", async () => {
    const far = matrix(16, 2, values.with(5, 1e39));
    const says = /X, row 2, column 1: expected a finite number, received 1e\+39.*float32/;
    await expect(mlp(quick).fit({ X: far, y, classes }, { runtime })).rejects.toThrow(says);
    const model = await mlp(quick).fit({ X, y, classes }, { runtime });
    await expect(model.predictProbabilities(far, runtime)).rejects.toThrow(says);
    const columns = { a: values.slice(0, 16).with(3, 1e39) };
    await expect(
      tableEmbedding({ numeric: ["a"] }).fit({ columns, y, classes }, { runtime }),
    ).rejects.toThrow(/columns.a, row 3: expected a finite number, received 1e\+39.*Scale the column/);
  });

  test("are no deviations: such a column is a constant one, such targets are refused", async () => {
    const tiny = matrix(
      16,
      2,
      values.map((value, at) => (at % 2 === 0 ? value : value * 1e-42)),
    );
    const model = await mlp(quick).fit({ X: tiny, y, classes }, { runtime });
    const { values: found } = await model.predictProbabilities(tiny, runtime);
    expect([...found].every(Number.isFinite)).toBe(true);
    const column = { a: tiny.values.filter((_, at) => at % 2 === 1) };
    const table = await tableEmbedding({ numeric: ["a"], bins: 2, epochs: 1 }).fit(
      { columns: column, y, classes },
      { runtime },
    );
    const answer = await table.predictProbabilities({ columns: column }, runtime);
    expect([...answer.values].every(Number.isFinite)).toBe(true);
    for (const scale of [1e300, 1e39, 1e-50]) {
      const numbers = Float64Array.from(y, (label) => label * scale);
      await expect(mlp({ ...quick, task: "regression" }).fit({ X, y: numbers }, { runtime })).rejects.toThrow(
        /mlp.fit: y: expected targets whose mean and deviation are numbers in float32/,
      );
    }
  });
});

test("columns that are none, and texts where numbers should be, are named", async () => {
  const none = matrix(16, 0, new Float64Array(0));
  await expect(mlp(quick).fit({ X: none, y, classes }, { runtime })).rejects.toThrow(
    "X: expected at least one column, received none",
  );
  const columns = { a: Array.from(y, String) };
  await expect(tableEmbedding({ numeric: ["a"] }).fit({ columns, y, classes }, { runtime })).rejects.toThrow(
    /columns.a, row 0: expected a finite number, received "0". Convert the column to numbers/,
  );
});

test("a category that is NaN is a missing one", () => {
  const found = vocabulary(["x", NaN, null, undefined, "NaN"], { minimumCount: 1, vocabulary: 9 });
  expect(found.values).toEqual([null, "NaN", "x"]);
  expect([NaN, null, "NaN"].map(numbering(found))).toEqual([1, 1, 2]);
});

test("the example of the tokeniser holds", () => {
  const fitted = tokeniser({ length: 3 }).fit(["Call 85555 now!", "call me at home"]);
  expect(fitted.tokens).toEqual(["call"]);
  expect([...fitted.encode(["call me"])]).toEqual([2, 1, 0]);
});
