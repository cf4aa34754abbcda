import { expect, onTestFinished, test } from "vitest";
import { collectFrame, frameSchema } from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { openEngine } from "../lake/index.ts";
import { relationSource } from "./relation-source.ts";

async function newEngine() {
  const engine = await openEngine({ temporary: temporaryFolder(onTestFinished) });
  onTestFinished(() => engine.close());
  return engine;
}

test("columns of every type that a frame holds, with NULL among them", async () => {
  const engine = await newEngine();
  const source = await relationSource(
    engine,
    `(select * from (values
      (1::tinyint, 2::bigint, 3::ubigint, 1.5::float, 2.5::double, 1.25::decimal(9, 2), true, 'a', date '1970-01-02',
        timestamp '1969-12-31 23:59:59.999999', timestamptz '1970-01-01 01:00:00+01', '\\xAA\\x00'::blob, [1.5, null]::double[],
        [1, 2]::int[], [1, 2, 3]::float[3], 'x'::enum('x', 'y'), 12345678901234567890::hugeint),
      (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
      (-1, -2, 5, 'nan', 'inf', -1, false, 'a text of more than twelve bytes: ü', date '2024-02-29', timestamp '2024-01-01 00:00:00.000001',
        timestamptz '1970-01-01 00:00:00+00', ''::blob, [], [3], [4, null, 6], 'y', -3)
    ) as t(i, b, u, f, d, m, o, s, day, t, z, bl, l, il, v, e, h))`,
  );
  const rows = await collectFrame(source);
  expect(frameSchema(rows)).toEqual(source.schema);
  const { NaN: gone } = Number;
  expect(rows.columns).toEqual([
    { kind: "integer", name: "i", values: Int8Array.of(1, 0, -1), validity: Uint8Array.of(5) },
    { kind: "integer", name: "b", values: BigInt64Array.of(2n, 0n, -2n), validity: Uint8Array.of(5) },
    { kind: "integer", name: "u", values: BigUint64Array.of(3n, 0n, 5n), validity: Uint8Array.of(5) },
    { kind: "float", name: "f", values: Float32Array.of(1.5, gone, gone) },
    { kind: "float", name: "d", values: Float64Array.of(2.5, gone, Infinity) },
    { kind: "float", name: "m", values: Float64Array.of(1.25, gone, -1) },
    { kind: "boolean", name: "o", values: Uint8Array.of(1, 0, 0), validity: Uint8Array.of(5) },
    {
      kind: "string",
      name: "s",
      codes: Int32Array.of(0, -1, 1),
      dictionary: ["a", "a text of more than twelve bytes: ü"],
    },
    { kind: "time", name: "day", values: Float64Array.of(86_400e6, gone, 1_709_164_800e6) },
    { kind: "time", name: "t", values: Float64Array.of(-1, gone, 1_704_067_200e6 + 1) },
    { kind: "time", name: "z", values: Float64Array.of(0, gone, 0) },
    {
      kind: "bytes",
      name: "bl",
      offsets: Int32Array.of(0, 2, 2, 2),
      values: Uint8Array.of(0xaa, 0),
      validity: Uint8Array.of(5),
    },
    {
      kind: "series",
      name: "l",
      offsets: Int32Array.of(0, 2, 2, 2),
      values: Float64Array.of(1.5, gone),
      validity: Uint8Array.of(5),
    },
    {
      kind: "series",
      name: "il",
      offsets: Int32Array.of(0, 2, 2, 3),
      values: Int32Array.of(1, 2, 3),
      validity: Uint8Array.of(5),
    },
    { kind: "vector", name: "v", width: 3, values: Float32Array.of(1, 2, 3, gone, gone, gone, 4, gone, 6) },
    { kind: "string", name: "e", codes: Int32Array.of(0, -1, 1), dictionary: ["x", "y"] },
    { kind: "float", name: "h", values: Float64Array.of(Number(12345678901234567890n), gone, -3) },
  ]);
});

test("many pieces, columns as asked, long texts of many rows, a reader that stops", async () => {
  const engine = await newEngine();
  const relation = `(select i::int as i, case when i % 7 = 0 then null else 'a text with the number ' || (i % 3000) end as s,
    'k' || i as k from range(20000) t(i))`;
  const source = await relationSource(engine, relation, { rows: 5000 });
  let next = 0;
  for await (const rows of source.read(["k", "s", "i"])) {
    const [k, s, i] = rows.columns;
    if (k?.kind !== "string" || s?.kind !== "string" || i?.kind !== "integer") throw new Error("kinds");
    expect(rows.rows).toBeLessThanOrEqual(5000);
    for (let row = 0; row < rows.rows; row++, next++) {
      if (i.values[row] !== next || k.dictionary[k.codes[row]!] !== `k${next}`)
        throw new Error(`row ${next}`);
      const text = next % 7 === 0 ? undefined : `a text with the number ${next % 3000}`;
      if (s.dictionary[s.codes[row]!] !== text) throw new Error(`text of row ${next}`);
    }
  }
  expect(next).toBe(20_000);
  for await (const rows of source.read(["i"])) {
    expect(rows.columns.map(({ name }) => name)).toEqual(["i"]);
    break;
  }
  expect(await collectFrame(await relationSource(engine, "(select 1 as a where false)"))).toMatchObject({
    rows: 0,
  });
});

test("rows that fail after many that did not are an error, never an early end", async () => {
  const engine = await newEngine();
  const source = await relationSource(
    engine,
    "(select case when i = 450000 then ('x' || i)::int else i::int end as a from range(500000) t(i))",
  );
  const read = async () => {
    for await (const rows of source.read()) expect(rows.rows).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toThrow(/Could not convert string 'x450000'.*DATA_MALFORMED/su);
});

test("what no column holds is named", async () => {
  const engine = await newEngine();
  await expect(relationSource(engine, "(select {a: 1} as s)")).rejects.toThrow(/column "s".*STRUCT/u);
  await expect(relationSource(engine, "nowhere")).rejects.toThrow(/nowhere.*DATA_MALFORMED/su);
  const source = await relationSource(engine, "(select 1 as a)");
  expect(() => source.read(["b"])).toThrow(/"a".*received "b"/u);
  const lists = await relationSource(engine, "(select [1, null] as l)");
  await expect(collectFrame(lists)).rejects.toThrow(/column "l".*NULL in a list/u);
});
