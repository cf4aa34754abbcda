import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { collectFrame, concatFrames, frame, frameDifference, type Frame } from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { parquetSource } from "./parquet-source.ts";
import { writeParquet } from "./write-parquet.ts";

/** Short, long and missing texts, new ones to the end; numbers with gaps. */
function table(rows: number): Frame {
  const dictionary = Array.from({ length: 700 }, (_, at) =>
    at % 3 === 0 ? `text ${at} of some length` : `t${at}`,
  );
  const codes = (gap: number) =>
    Int32Array.from({ length: rows }, (_, row) =>
      row % gap === 1 ? -1 : Math.floor((row / rows) * 700) - (row % 2),
    );
  return frame([
    {
      kind: "float",
      name: "x",
      values: Float64Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? Number.NaN : row)),
    },
    { kind: "string", name: "gaps", codes: codes(5), dictionary },
    { kind: "string", name: "full", codes: codes(rows + 9).map((code) => Math.max(0, code)), dictionary },
  ]);
}

async function piecesOf(pieces: AsyncIterable<Frame>): Promise<readonly Frame[]> {
  const all: Frame[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

test("what is collected is one piece, the same as the pieces and as what was written", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "table.parquet");
  const rows = table(10_000);
  await writeParquet(path, rows);
  const source = await parquetSource(path, { rows: 2048 });
  expect(source.rowCount).toBe(10_000);
  const pieces = await piecesOf(source.read());
  expect(pieces.length).toBe(5);
  expect(await piecesOf(source.read(undefined, { pieceRows: 10_000 }))).toHaveLength(1);
  const whole = await collectFrame(source);
  expect(frameDifference(whole, rows)).toBeUndefined();
  expect(frameDifference(concatFrames(pieces), rows)).toBeUndefined();
  expect(
    frameDifference(await collectFrame(source, { columns: ["full"] }), frame([rows.columns[2]!])),
  ).toBeUndefined();
  await expect(collectFrame(source, { most: 9_999 })).rejects.toThrow(/at most 9999 rows/u);
});

test("rows of several files are counted together, and a reader may leave while a chunk is on its way", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const paths = ["a", "b"].map((name) => join(folder, `${name}.parquet`));
  for (const path of paths) await writeParquet(path, table(5000));
  const source = await parquetSource(paths, { rows: 2048 });
  expect(source.rowCount).toBe(10_000);
  for await (const piece of source.read()) {
    expect(piece.rows).toBe(2048);
    break;
  }
  expect((await collectFrame(source)).rows).toBe(10_000);
  expect((await piecesOf(source.read([], { pieceRows: 6000 }))).map(({ rows }) => rows)).toEqual([
    6000, 4000,
  ]);
  for (const threads of [0, 1.5, Number.NaN, 1e6])
    await expect(parquetSource(paths, { threads })).rejects.toThrow(/threads.*ARGUMENT_INVALID/su);
});

test("names that differ in their case alone, or are long, come back, whoever reads them", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "case.parquet");
  const long = "x".repeat(300);
  const values = (start: number) => Float64Array.from({ length: 3 }, (_, row) => start + row);
  const flat = frame([
    { kind: "float", name: "city=bonn", values: values(0) },
    { kind: "float", name: "city=Bonn", values: values(10), unit: "m" },
    { kind: "float", name: long, values: values(20) },
  ]);
  const listed = {
    kind: "vector",
    name: "CITY=BONN",
    width: 3,
    values: Float64Array.from({ length: 9 }, (_, at) => at),
  } as const;
  for (const rows of [flat, frame([...flat.columns, listed])]) {
    await writeParquet(path, rows, { group: 2048 });
    expect(frameDifference(await collectFrame(await parquetSource(path)), rows)).toBeUndefined();
  }
});

/** A number as Thrift's compact protocol has it. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value * 2; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

test("an end that claims more rows than its bytes hold gets no room for them", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "claims.parquet");
  await writeParquet(path, table(7777));
  const bytes = readFileSync(path);
  const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  for (const claimed of [2 ** 26, 2 ** 40]) {
    const end = Buffer.from(
      bytes
        .subarray(start, -8)
        .toString("latin1")
        .replaceAll(varint(7777).toString("latin1"), varint(claimed).toString("latin1")),
      "latin1",
    );
    const tail = Buffer.from("....PAR1");
    tail.writeUInt32LE(end.length);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, start), end, tail]));
    const source = await parquetSource(path, { threads: 1 });
    expect(source.rowCount).toBe(claimed);
    const before = process.memoryUsage().arrayBuffers;
    await expect(collectFrame(source, { columns: ["x"], most: 2 ** 41 })).rejects.toThrow(
      /fewer rows.*DATA_MALFORMED/su,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 27);
  }
});
