import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import {
  collectFrame,
  concatFrames,
  factsOf,
  frameDifference,
  sliceRows,
  takeRows,
  type Frame,
} from "@tideline/learn/frame";
import { isTidelineError } from "@tideline/spec";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { engineParquet } from "../engine-parquet.ts";
import { parquetSource } from "../parquet-source.ts";
import type { ParquetChunk } from "./parquet-footer.ts";
import { planFiles, type PlannedColumn } from "./parquet-plan.ts";
import { readColumns } from "./read-columns.ts";
import { writtenAs } from "./testing/written-as.ts";

async function asEngineReads(files: readonly string[]): Promise<Frame> {
  const { columns, read } = await engineParquet("test", files, {});
  const pieces: Frame[] = [];
  for await (const piece of read(columns, undefined)) pieces.push(piece);
  return concatFrames(pieces);
}

test("columns of every type are what the engine reads, in any codec, alone and in turn, in pieces and whole", async () => {
  const paths = await writtenAs(2500, {
    snappy: "compression snappy, row_group_size 1024",
    zstd: "compression zstd",
    gzip: "compression gzip, dictionary_size_limit 1",
    brotli: "compression brotli, string_dictionary_page_size_limit 200",
    none: "compression uncompressed",
  });
  const expected = await asEngineReads(paths);
  const { columns } = await engineParquet("test", [paths[0]!], {});
  for (const [at, path] of paths.entries()) {
    expect((await planFiles([path]))!.columns).not.toContain(undefined);
    const source = await parquetSource(path);
    expect(source.schema).toEqual(columns.map(({ schema }) => schema));
    const own = sliceRows(expected, at * 2500, (at + 1) * 2500);
    expect(frameDifference(await collectFrame(source), own, { storage: true })).toBeUndefined();
  }
  const pieces: Frame[] = [];
  for await (const piece of (await parquetSource(paths, { rows: 777 })).read()) pieces.push(piece);
  expect(pieces.map(({ rows }) => rows)).toEqual([...Array.from({ length: 16 }, () => 777), 68]);
  expect(frameDifference(concatFrames(pieces), expected, { storage: true })).toBeUndefined();
});

test("pieces that pass are the same rows in memory that is used again; what is known of values is so", async () => {
  const [path] = await writtenAs(2500, { one: "compression snappy, row_group_size 1024" });
  const source = await parquetSource(path!, { rows: 2048 });
  const whole = await collectFrame(source);
  const [copies, rooms]: [Frame[], Set<ArrayBufferLike>] = [[], new Set()];
  let known = 0;
  for await (const piece of source.read(undefined, { pieceRows: 300, passing: true })) {
    copies.push(
      takeRows(
        piece,
        Int32Array.from({ length: piece.rows }, (_, row) => row),
      ),
    );
    for (const column of piece.columns) {
      rooms.add((column.kind === "string" ? column.codes : (column.values as Float64Array)).buffer);
      if (column.kind !== "float" && column.kind !== "time") continue;
      const { values } = column;
      const facts = factsOf(values);
      if (facts !== undefined) known++;
      expect(facts?.complete ?? false).toBe(values.every((value) => !Number.isNaN(value)));
      const rises = (of: (value: number, before: number) => boolean) =>
        values.every((value, row) => row === 0 || of(value, values[row - 1]!));
      if (column.kind !== "time" || facts === undefined) continue;
      const rise = rises((value, before) => value > before) ? "each" : "some";
      expect(facts.rise).toBe(rises((value, before) => value >= before) ? rise : undefined);
    }
  }
  expect(copies).toHaveLength(9);
  expect(rooms.size).toBe(2 * source.schema.length);
  expect(known).toBeGreaterThan(9);
  expect(frameDifference(concatFrames(copies), whole)).toBeUndefined();
});

test("bytes that were changed anywhere are an error of data, or other values: no crash, no end without an error", async () => {
  const [snappy, plain] = await writtenAs(300, {
    snappy: "compression snappy",
    plain: "compression uncompressed, dictionary_size_limit 1",
  });
  const path = join(temporaryFolder(onTestFinished), "changed.parquet");
  mkdirSync(join(path, ".."), { recursive: true });
  const files = [snappy!, plain!].map((file) => readFileSync(file));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 4,
      }),
      async (file, changes) => {
        const bytes = Buffer.from(file);
        // Behind the pages stands what the engine reads, too, and judges.
        const pages = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
        for (const [place, byte] of changes) bytes[Math.floor(4 + place * (pages - 4))] = byte;
        writeFileSync(path, bytes);
        const source = await parquetSource(path, { threads: 1 });
        try {
          expect((await collectFrame(source)).rows).toBe(300);
        } catch (error) {
          if (!isTidelineError(error, "DATA_MALFORMED")) throw error;
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("a group of rows whose dictionary was left out is an error of data: none is taken from a group before it", async () => {
  const [path] = await writtenAs(4096, { few: "compression uncompressed, row_group_size 2048" }, "i8, s");
  const { columns } = (await planFiles([path!]))!;
  const file = readFileSync(path!);
  for (const column of columns as readonly PlannedColumn[]) {
    const [first, second] = column.plan.chunks as [ParquetChunk, ParquetChunk];
    const read = async (from: number): Promise<number> => {
      const rest = { ...second, start: second.start + from, length: second.length - from };
      const plan = { ...column.plan, chunks: [first, rest] };
      let count = 0;
      for await (const { rows } of readColumns("test", [{ ...column, plan }], 4096, 4096, 1)) count += rows;
      return count;
    };
    expect(await read(0)).toBe(4096);
    const faults = new Map<string, number>();
    for (let from = 1; from < Math.min(second.length, 700); from++) {
      // A page begins with the first field of its head.
      if (file[second.start + from] !== 0x15) continue;
      const fault = await read(from).then(
        () => "none",
        ({ message }: Error) => (message.includes("a dictionary that is not there") ? "missing" : "other"),
      );
      faults.set(fault, (faults.get(fault) ?? 0) + 1);
    }
    expect(faults.get("none")).toBeUndefined();
    expect(faults.get("missing")).toBeGreaterThan(0);
  }
});
