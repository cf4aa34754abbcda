import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { collectFrame, equalFrames, frameOf } from "@tideline/learn/frame";
import { chain, oneHotEncoder, standardScaler } from "@tideline/learn/transform/column";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { nodeColumnThreads } from "./column-threads.ts";
import { parquetSource } from "./parquet-source.ts";
import { writeParquet } from "./write-parquet.ts";

// Four columns of them are enough for threads, and more than a piece.
const ROWS = 66_000;

test("columns of Parquet come in memory that threads share, and threads transform them", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "table.parquet");
  const given = frameOf({
    a: Float64Array.from({ length: ROWS }, (_, row) => Math.sin(row)),
    b: Float64Array.from({ length: ROWS }, (_, row) => row % 1000),
    c: Array.from({ length: ROWS }, (_, row) => (row % 11 === 0 ? null : `t${row % 13}`)),
    d: Array.from({ length: ROWS }, (_, row) => `größe ${row % 3}`),
  });
  await writeParquet(path, given);
  const rows = await collectFrame(await parquetSource(path, { shared: true }));
  for (const one of rows.columns) {
    const values = one.kind === "string" ? one.codes : (one as { readonly values: Float64Array }).values;
    expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
  }
  expect(equalFrames(rows, given)).toBe(true);
  const steps = [standardScaler({ columns: ["a", "b"] }), oneHotEncoder({ columns: ["c", "d"] })];
  const alone = chain(steps).fitTransform(given);
  for (const count of [2, 4]) {
    const threads = nodeColumnThreads(count);
    const made = await chain(steps).fitTransformWith(threads, rows);
    expect(made.chain.store()).toEqual(alone.chain.store());
    expect(equalFrames(made.rows, alone.rows)).toBe(true);
    await threads.release();
  }
});

test("threads that nobody asked anything do not keep a process alive", () => {
  const module = JSON.stringify(new URL("./column-threads.ts", import.meta.url).href);
  const code = `import { nodeColumnThreads } from ${module}; nodeColumnThreads(2);`;
  const words = ["--input-type=module", "-e", code];
  expect(execFileSync(process.execPath, words, { timeout: 20_000, encoding: "utf8" })).toBe("");
});
