import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { collectFrame, concatFrames, frameDifference, sliceRows, type Frame } from "@tideline/learn/frame";
import { isTidelineError } from "@tideline/spec";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { openEngine } from "../../lake/index.ts";
import { engineParquet } from "../engine-parquet.ts";
import { parquetSource } from "../parquet-source.ts";
import { planFiles } from "./parquet-plan.ts";

/** Columns of every type that is read here, with gaps, few texts, many texts, and a column of nothing. */
const ROWS = `select case when i % 7 <> 1 then i / 3.0 end::double as d, random()::double as r, case when i % 5 > 0 then i % 40 end::float as f,
  case when i % 11 > 2 then i % 100 end::tinyint as i8, (-(i % 30000))::smallint as i16, case when i % 13 > 0 then i * 7 end::int as i32, case when i > 20 then -i * 10000000000 end::bigint as i64,
  (i % 200)::utinyint as u8, case when i % 3 > 0 then i % 60000 end::usmallint as u16, i::uinteger as u32, (18446744073709551615 - i)::ubigint as u64,
  case when i % 4 > 0 then i % 2 = 0 end as b, case when i % 9 > 0 then 'ü' || (i % 23) end as s, 'a text of its own: ' || i as su, null::varchar as sn, case when i % 2 = 0 then '' end as e,
  (date '1960-01-01' + (i % 30000)::int) as day, case when i % 6 > 0 then timestamp '1965-01-01' + interval (i * 1001) microsecond end as us,
  case when i % 2 > 0 then timestamptz '2024-02-29 12:00:00+05' end as tz, (timestamp '1960-01-01' + interval (i) millisecond)::timestamp_ms as ms from range(ROWS) t(i)`;

async function writtenAs(
  rows: number,
  options: Readonly<Record<string, string>>,
  columns = "*",
): Promise<string[]> {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const engine = await openEngine({ temporary: folder });
  onTestFinished(() => engine.close());
  const paths: string[] = [];
  for (const [name, option] of Object.entries(options)) {
    paths.push(join(folder, `${name}.parquet`));
    await engine.run(
      `copy (select ${columns} from (${ROWS.replace("ROWS", String(rows))})) to '${paths.at(-1)}' (format parquet, ${option})`,
    );
  }
  return paths;
}

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

test("threads read columns of their own, and may be left or be told late of what is damaged", async () => {
  // 17 MB: of fewer no thread is started.
  const [path] = await writtenAs(345_000, { large: "compression uncompressed" }, "us, r, su, d");
  const columns = ["us", "r", "su", "d"];
  const alone = await collectFrame(await parquetSource(path!, { threads: 1 }), { columns });
  const source = await parquetSource(path!, { threads: 3 });
  expect(frameDifference(await collectFrame(source, { columns }), alone, { storage: true })).toBeUndefined();
  const pieces: Frame[] = [];
  for await (const piece of source.read(columns)) pieces.push(piece);
  expect(frameDifference(concatFrames(pieces), alone, { storage: true })).toBeUndefined();
  for await (const piece of source.read(columns)) {
    expect(piece.rows).toBe(65_536);
    break;
  }
  const { chunks } = (await planFiles([path!]))!.columns.find((one) => one?.schema.name === "r")!.plan;
  const bytes = readFileSync(path!);
  bytes.fill(255, chunks.at(-1)!.start, chunks.at(-1)!.start + 64);
  writeFileSync(path!, bytes);
  for (const threads of [1, 3])
    await expect(collectFrame(await parquetSource(path!, { threads }), { columns })).rejects.toThrow(
      /large\.parquet.*column "r".*DATA_MALFORMED/su,
    );
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
