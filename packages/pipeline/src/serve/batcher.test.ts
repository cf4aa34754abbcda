import { assert, array, asyncProperty, integer } from "fast-check";
import { expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";

/** A model that doubles the one value of each row, and remembers its runs. */
function doubling(limits: { maxRows: number; waitingRows: number }) {
  const runs: number[] = [];
  let inside = 0;
  const batcher = createBatcher({
    ...limits,
    rowLength: 1,
    outputLength: 1,
    run: async (values, rows) => {
      inside += 1;
      expect(inside).toBe(1);
      runs.push(rows);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (values.includes(-1)) throw new Error("bad row");
      return values.map((value) => 2 * value);
    },
  });
  return { batcher, runs };
}

test("each request gets its own rows, runs never overlap or exceed the limit, and share what waits", async () => {
  await assert(
    asyncProperty(array(integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 30 }), async (sizes) => {
      const { batcher, runs } = doubling({ maxRows: 5, waitingRows: 1000 });
      const asked = sizes.map((rows, index) =>
        Float32Array.from({ length: rows }, (_, row) => 10 * index + row),
      );
      const answers = await Promise.all(asked.map((values) => batcher.submit(values, values.length)));
      expect(answers).toEqual(asked.map((values) => values.map((value) => 2 * value)));
      expect(Math.max(...runs)).toBeLessThanOrEqual(5);
      const total = sizes.reduce((sum, rows) => sum + rows, 0);
      expect(runs.reduce((sum, rows) => sum + rows, 0)).toBe(total);
      await batcher.idle();
    }),
    { numRuns: 30, seed: 8 },
  );
});

test("what waits when a run ends makes the next run", async () => {
  const { batcher, runs } = doubling({ maxRows: 8, waitingRows: 100 });
  await Promise.all([1, 2, 3, 4, 5].map((value) => batcher.submit(Float32Array.of(value), 1)));
  expect(runs).toEqual([1, 4]);
});

test("a run that fails fails its requests only", async () => {
  const { batcher } = doubling({ maxRows: 2, waitingRows: 100 });
  const first = batcher.submit(Float32Array.of(-1), 1);
  const second = batcher.submit(Float32Array.of(3), 1);
  await expect(first).rejects.toThrow("bad row");
  expect(await second).toEqual(Float32Array.of(6));
});

test("too many waiting rows are turned away, and senseless requests refused", async () => {
  const { batcher } = doubling({ maxRows: 4, waitingRows: 4 });
  const rows = Float32Array.of(1, 2, 3, 4);
  const taken = [batcher.submit(rows, 4), batcher.submit(rows, 4)];
  await expect(batcher.submit(Float32Array.of(1), 1)).rejects.toMatchObject({ code: "OVERLOADED" });
  for (const answer of taken) expect(await answer).toHaveLength(4);
  expect(await batcher.submit(Float32Array.of(1), 1)).toEqual(Float32Array.of(2));
  await expect(batcher.submit(new Float32Array(5), 5)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  await expect(batcher.submit(new Float32Array(0), 0)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  await expect(batcher.submit(new Float32Array(3), 2)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});
