import { binStream, binTable, treeTable } from "@tideline/learn/tree";
import type { TreeTable } from "@tideline/learn/tree";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { openEngine } from "../lake/index.ts";
import { treeSource } from "./tree-source.ts";

async function newEngine() {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder);
  const engine = await openEngine({ temporary: folder });
  onTestFinished(() => engine.close());
  return { engine, folder };
}

async function all(chunks: AsyncIterable<TreeTable>): Promise<TreeTable[]> {
  const read: TreeTable[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return read;
}

test("every type of number and category, with NULL as missing", async () => {
  const { engine } = await newEngine();
  await engine.run("create type size as enum ('S', 'M')");
  const { chunks } = await treeSource(
    engine,
    `(select * from (values
      (1::tinyint, 2::int, 3::bigint, 1.5::float, 2.5::double, 1.25::decimal(9, 2), true, 'ü', 'M'::size, 7::int, -0.0::double, false),
      (null, null, null, null, null, null, null, null, null, null, null, null),
      (-1, -2, 9007199254740993, 'nan', 'inf', -1, false, 'a', 'S', 7, 0, true)
    ) as r(i8, i32, i64, f, d, m, b, s, e, hour, zero, flag))`,
    { categorical: ["hour", "zero", "flag"] },
  );
  const [{ rows, columns }] = (await all(chunks())) as [TreeTable];
  expect(rows).toBe(3);
  expect(
    columns.map(({ kind, name, ...rest }) => [
      name,
      kind === "numeric" ? (rest as { values: unknown }).values : rest,
    ]),
  ).toEqual([
    ["i8", Float32Array.of(1, NaN, -1)],
    ["i32", Float64Array.of(2, NaN, -2)],
    ["i64", Float64Array.of(3, NaN, 9007199254740992)],
    ["f", Float32Array.of(1.5, NaN, NaN)],
    ["d", Float64Array.of(2.5, NaN, Infinity)],
    ["m", Float64Array.of(1.25, NaN, -1)],
    ["b", Float32Array.of(1, NaN, 0)],
    ["s", { codes: Int32Array.of(1, -1, 0), categories: ["a", "ü"] }],
    ["e", { codes: Int32Array.of(0, -1, 1), categories: ["M", "S"] }],
    ["hour", { codes: Int32Array.of(0, -1, 0), categories: [7] }],
    ["zero", { codes: Int32Array.of(0, -1, 0), categories: [0] }],
    ["flag", { codes: Int32Array.of(0, -1, 1), categories: [false, true] }],
  ]);
});

test("Parquet files are binned as the table that they hold, with labels beside it", async () => {
  const { engine, folder } = await newEngine();
  const file = join(folder, "it's.parquet");
  const rows = 30_000;
  const path = `'${file.replaceAll("'", "''")}'`;
  await engine.run(`copy (
    select sin(i)::float as "a b", case when i % 7 = 0 then null else i * i end as n, 'c' || i % 40 as c, (i % 2)::utinyint as label
    from range(${rows}) r(i)
  ) to ${path} (format parquet, row_group_size 2048)`);
  const relation = `read_parquet(${path})`;
  const source = await treeSource(engine, relation, { columns: ["c", "a b", "n", "label"] });
  const { table, extra } = await binStream(source.chunks, { extra: ["label"], sample: 5000, seed: 3 });
  const row = Array.from({ length: rows }, (_, i) => i);
  const sine = (await engine.columns(`select "a b" from ${relation}`))["a b"] as Float32Array;
  const categories = [...new Set(row.map((i) => `c${i % 40}`))].sort();
  const whole = treeTable({
    columns: {
      c: { codes: Int32Array.from(row, (i) => categories.indexOf(`c${i % 40}`)), categories },
      "a b": sine,
      n: Float64Array.from(row, (i) => (i % 7 === 0 ? NaN : i * i)),
    },
  });
  expect(table).toEqual(binTable(whole, { sample: 5000, seed: 3 }));
  expect(extra["label"]).toMatchObject({ values: Float32Array.from(row, (i) => i % 2) });
});

test("a column without any value has no categories", async () => {
  const { engine } = await newEngine();
  const { chunks } = await treeSource(engine, "(select null::varchar as c, 1::int as n from range(3))");
  expect(await all(chunks())).toMatchObject([
    { rows: 3, columns: [{ codes: Int32Array.of(-1, -1, -1), categories: [] }, {}] },
  ]);
});

test("what is wrong is named", async () => {
  const { engine } = await newEngine();
  const of = (sql: string, options = {}) => treeSource(engine, `(${sql})`, options);
  await expect(of("select date '2026-01-01' as day")).rejects.toThrow(
    'column "day": expected numbers, booleans, texts or an enum, received DATE. Leave it out, or make it one of these in the relation',
  );
  await expect(of("select [1] as list")).rejects.toThrow("received INTEGER[]");
  await expect(of("select 1 as a", { columns: ["b"] })).rejects.toThrow(
    'columns: expected names of the relation, received "b"',
  );
  await expect(of("select 1 as a", { categorical: ["b"] })).rejects.toThrow('received "b"');
  await expect(of("select 'inf'::double as a", { categorical: ["a"] })).rejects.toThrow(
    "received an infinity",
  );
  await engine.run("create table t as select 'x' as c");
  const { chunks } = await of("select * from t");
  await engine.run("insert into t values ('y')");
  await expect(all(chunks())).rejects.toThrow(expect.objectContaining({ code: "DATA_MALFORMED" }));
});
