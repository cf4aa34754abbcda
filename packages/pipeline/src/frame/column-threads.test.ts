import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectFrame, equalFrames, frameOf } from "@tideline/learn/frame";
import { chain, oneHotEncoder, simpleImputer, standardScaler } from "@tideline/learn/transform/column";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeColumnThreads } from "./column-threads.ts";
import { parquetSource } from "./parquet-source.ts";
import { writeParquet } from "./write-parquet.ts";

// Four columns of them are enough for threads.
const ROWS = 66_000;
const folder = mkdtempSync(join(tmpdir(), "tideline-column-threads-"));
const path = join(folder, "table.parquet");
const given = frameOf({
  a: Float64Array.from({ length: ROWS }, (_, row) => (row % 7 === 0 ? Number.NaN : Math.sin(row))),
  b: Float64Array.from({ length: ROWS }, (_, row) => row % 1000),
  c: Array.from({ length: ROWS }, (_, row) => (row % 11 === 0 ? null : `t${row % 13}`)),
  d: Array.from({ length: ROWS }, (_, row) => `größe ${row % 3}`),
});
const steps = [
  simpleImputer({ columns: ["a"] }),
  standardScaler({ columns: ["a", "b"] }),
  oneHotEncoder({ columns: ["c", "d"], dtype: "boolean" }),
];
beforeAll(async () => {
  await writeParquet(path, given);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("threads of Node give what this one gives, of columns in shared memory, again and again", async () => {
  const threads = nodeColumnThreads(2);
  const rows = await collectFrame(await parquetSource(path, { shared: true }));
  expect(
    rows.columns.every(
      (one) =>
        (one.kind === "string" ? one.codes : (one as { values: Float64Array }).values).buffer instanceof
        SharedArrayBuffer,
    ),
  ).toBe(true);
  expect(equalFrames(rows, given)).toBe(true);
  const alone = chain(steps).fitTransform(given);
  for (let time = 0; time < 2; time++) {
    const both = await Promise.all([1, 2].map(() => chain(steps).fitTransformWith(threads, rows)));
    for (const made of both) {
      expect(made.chain.store()).toEqual(alone.chain.store());
      expect(equalFrames(made.rows, alone.rows)).toBe(true);
    }
  }
  expect(equalFrames(rows, given)).toBe(true);
  await threads.release();
  await expect(chain(steps).fitTransformWith(threads, rows)).rejects.toThrow(/UNAVAILABLE/);
});

test("a crew of this thread alone works, and other numbers of threads are refused", async () => {
  const rows = await collectFrame(await parquetSource(path, { shared: true }));
  const made = await chain(steps).fitTransformWith(nodeColumnThreads(1), rows);
  expect(equalFrames(made.rows, chain(steps).fitTransform(given).rows)).toBe(true);
  for (const threads of [0, -1, 1.5, Number.NaN, 257, Infinity])
    expect(() => nodeColumnThreads(threads)).toThrow(/nodeColumnThreads.*ARGUMENT_INVALID/);
});
