import { expect, test } from "vitest";
import { chooseKernels } from "../../kernel/choose-kernels.ts";
import type { OpenTreeKernels } from "../../kernel/tree-kernels.ts";
import { boostedTrees } from "./boosted-trees.ts";

const ROWS = 300;

test("of thousands of narrow columns fewer histograms are kept, so that WebAssembly has room", async () => {
  const columns = 8000;
  const values = Float64Array.from(
    { length: ROWS * columns },
    (_, at) => (Math.imul(at, 0x9e3779b9) >>> 20) & 1,
  );
  const opened: unknown[] = [];
  const spy: OpenTreeKernels = async (table, options) => {
    const kernels = await chooseKernels().open(table, options);
    opened.push(kernels.name, kernels.leaves, kernels.slots);
    kernels.release();
    throw new Error("seen");
  };
  const rows = { X: { rows: ROWS, columns, values }, y: new Float64Array(ROWS) };
  const fit = boostedTrees({ task: "regression", leaves: ROWS }).fit(rows, { kernels: spy });
  await expect(fit).rejects.toThrow("seen");
  // 2 ** 28 bytes of 2,048 a column.
  expect(opened).toEqual(["webassembly", ROWS, 16]);
});

test.each([0, -1, 1.5, NaN, Infinity, "2"])("threads of %s are refused", async (threads) => {
  const rows = { columns: { a: Float64Array.from({ length: 9 }, (_, row) => row) }, y: new Float64Array(9) };
  const fit = boostedTrees({ task: "regression" }).fit(rows, { threads: threads as number });
  await expect(fit).rejects.toMatchObject({ code: "ARGUMENT_INVALID", parts: { field: "threads" } });
});
