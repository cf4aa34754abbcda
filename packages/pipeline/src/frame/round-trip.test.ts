import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import {
  collectFrame,
  frameDifference,
  frameOf,
  sliceRows,
  sourceOf,
  type Frame,
  type FrameSource,
} from "@tideline/learn/frame";
import { anyFrame } from "../../../learn/src/frame/testing/any-frame.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { arrowLibrary } from "./arrow-library.ts";
import { arrowSource } from "./arrow-source.ts";
import { csvSource } from "./csv-source.ts";
import { jsonSource } from "./json-source.ts";
import { parquetSource } from "./parquet-source.ts";
import { writeArrow } from "./write-arrow.ts";
import { writeCsv } from "./write-csv.ts";
import { writeJson } from "./write-json.ts";
import { writeParquet } from "./write-parquet.ts";

function newFolder(): string {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  return folder;
}

type Format = {
  readonly write: (path: string, rows: Frame | FrameSource) => Promise<unknown>;
  readonly read: (path: string, rows: Frame) => Promise<FrameSource>;
  readonly runs: number;
  readonly storage: boolean;
};

const FORMATS: Readonly<Record<string, Format>> = {
  arrow: { write: writeArrow, read: (path) => arrowSource(path), runs: 8, storage: true },
  arrows: {
    write: (path, rows) => writeArrow(path, rows, { format: "stream" }),
    read: (path) => arrowSource(path),
    runs: 5,
    storage: true,
  },
  parquet: { write: writeParquet, read: (path) => parquetSource(path), runs: 5, storage: true },
  csv: {
    write: writeCsv,
    read: (path, rows) => csvSource(path, { schema: sourceOf(rows).schema, delimiter: ",", header: true }),
    runs: 5,
    storage: false,
  },
  json: {
    write: writeJson,
    read: (path, rows) => jsonSource(path, { schema: sourceOf(rows).schema }),
    runs: 8,
    storage: false,
  },
};

/** Only where the package is: nothing else needs it. */
const hasArrow = await arrowLibrary("test").then(
  () => true,
  () => false,
);

for (const [name, { write, read, runs, storage }] of Object.entries(FORMATS)) {
  const given = test.runIf(hasArrow || !name.startsWith("arrow"));
  given(`frames of every kind come back from ${name} as they went`, async () => {
    const folder = newFolder();
    const path = join(folder, `rows.${name}`);
    await fc.assert(
      fc.asyncProperty(anyFrame(20), async (rows) => {
        const middle = Math.floor(rows.rows / 2);
        await write(path, sourceOf(sliceRows(rows, 0, middle), sliceRows(rows, middle)));
        const source = await read(path, rows);
        expect(source.schema).toEqual(sourceOf(rows).schema);
        const back = await collectFrame(source);
        expect(frameDifference(back, rows, { storage: storage && rows.rows > 0 })).toBeUndefined();
        const some = await collectFrame(source, { columns: ["text", "float"] });
        expect(some.columns.map((column) => column.name)).toEqual(["text", "float"]);
        expect(some.rows).toBe(rows.rows);
        expect(readdirSync(folder)).toEqual([`rows.${name}`]);
      }),
      { numRuns: runs },
    );
  });

  given(`units, extremes and a column alone come back from ${name}`, async () => {
    const path = join(newFolder(), `rows.${name}`);
    const rows = frameOf({
      x: {
        kind: "float",
        name: "x",
        values: Float64Array.of(Infinity, -Infinity, -0, 5e-324, 0.1 + 0.2),
        unit: "m/s2",
      },
      v: {
        kind: "vector",
        name: "v",
        width: 2,
        values: Float64Array.of(1, Number.NaN, Infinity, 2, Number.NaN, 0, 3, 4, 5, 6),
        unit: "m",
      },
      n: BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 0n, 1n),
      'odd, "name"\n': ["a,b", "", "NULL", " x ", "\u{1f600}\r"],
    });
    await write(path, rows);
    expect(frameDifference(await collectFrame(await read(path, rows)), rows)).toBeUndefined();
    const alone = frameOf({ x: [1, null, 3, null] });
    await write(path, alone);
    expect(frameDifference(await collectFrame(await read(path, alone)), alone)).toBeUndefined();
  });
}

test("a file that fails while it is written leaves nothing, and the old one stands", async () => {
  const folder = newFolder();
  const formats = Object.entries(FORMATS).filter(([name]) => hasArrow || !name.startsWith("arrow"));
  for (const [name, { write, read }] of formats) {
    const path = join(folder, `rows.${name}`);
    const rows = frameOf({ x: [1, 2] });
    await write(path, rows);
    const failing: FrameSource = {
      schema: sourceOf(rows).schema,
      async *read() {
        yield rows;
        throw new Error("the source broke");
      },
    };
    await expect(write(path, failing)).rejects.toThrow("the source broke");
    expect(frameDifference(await collectFrame(await read(path, rows)), rows)).toBeUndefined();
  }
  expect(readdirSync(folder)).toHaveLength(formats.length);
});

test("pieces of different widths become the wider one in Parquet", async () => {
  const path = join(newFolder(), "rows.parquet");
  const pieces = [
    frameOf({ a: Int8Array.of(-1), b: Float32Array.of(0.5), c: Uint8Array.of(255) }),
    frameOf({ a: Uint16Array.of(60_000), b: Float64Array.of(0.1), c: Int8Array.of(-1) }),
    frameOf({ a: Int8Array.of(3), b: Float32Array.of(0.25), c: Uint8Array.of(1) }),
  ] as const;
  await writeParquet(path, sourceOf(...pieces));
  expect((await collectFrame(await parquetSource(path))).columns).toEqual([
    { kind: "integer", name: "a", values: Int32Array.of(-1, 60_000, 3) },
    { kind: "float", name: "b", values: Float64Array.of(0.5, 0.1, 0.25) },
    { kind: "integer", name: "c", values: Int16Array.of(255, -1, 1) },
  ]);
});
