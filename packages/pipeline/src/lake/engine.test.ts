import { expect, onTestFinished, test } from "vitest";
import { ownFolder } from "../catalog/owner.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { floats, lists, numbers, texts } from "./column-access.ts";
import { openEngine } from "./engine.ts";

async function newEngine() {
  const owner = await ownFolder(temporaryFolder(onTestFinished), { command: "test" });
  const engine = await openEngine({ temporary: owner.layout.temporary });
  onTestFinished(async () => {
    await engine.close();
    owner.release();
  });
  return engine;
}

test("columns come as typed arrays, with NULL as NaN, null or nothing", async () => {
  const engine = await newEngine();
  const columns = await engine.columns(`
    select * from (values
      (1::int, 2::bigint, 1.5::float, 2.5::double, true, timestamp '1970-01-01 00:00:00.0015', 'a', [1, 2]::float[], 3::hugeint),
      (null, null, null, null, null, null, null, null, null),
      (-1, -2, -1.5, -2.5, false, timestamp '1969-12-31 23:59:59', 'ü', [3], -3)
    ) as rows(i, b, f, d, o, t, s, l, h)`);
  expect([...numbers(columns, "i")]).toEqual([1, Number.NaN, -1]);
  expect([...numbers(columns, "b")]).toEqual([2, Number.NaN, -2]);
  expect([...floats(columns, "f")]).toEqual([1.5, Number.NaN, -1.5]);
  expect([...numbers(columns, "d")]).toEqual([2.5, Number.NaN, -2.5]);
  expect([...numbers(columns, "o")]).toEqual([1, Number.NaN, 0]);
  expect([...numbers(columns, "t")]).toEqual([1.5, Number.NaN, -1000]);
  expect([...numbers(columns, "h")]).toEqual([3, Number.NaN, -3]);
  expect(texts(columns, "s")).toEqual(["a", null, "ü"]);
  expect([...lists(columns, "l").values]).toEqual([1, 2, 3]);
  expect([...lists(columns, "l").offsets]).toEqual([0, 2, 2, 3]);
});

test("results of many chunks are joined in order, lists in any order of storage", async () => {
  const engine = await newEngine();
  const rows = 5000;
  const columns = await engine.columns(`
    select i, 'n' || i as s, l from (
      select i, list_transform(range(i % 3), x -> (x + i)::float) as l from range(${rows}) r(i)
    ) order by i desc`);
  expect([...numbers(columns, "i")]).toEqual(Array.from({ length: rows }, (_, row) => rows - 1 - row));
  expect(texts(columns, "s")[rows - 1]).toBe("n0");
  const { values, offsets } = lists(columns, "l");
  for (let row = 0; row < rows; row += 1) {
    const i = rows - 1 - row;
    expect([...values.subarray(offsets[row]!, offsets[row + 1]!)]).toEqual([i, i + 1].slice(0, i % 3));
  }
});

test("a stream gives the same rows in pieces", async () => {
  const engine = await newEngine();
  const seen: number[] = [];
  for await (const columns of engine.stream("select i from range(5000) r(i) order by i")) {
    seen.push(...numbers(columns, "i"));
  }
  expect(seen).toEqual(Array.from({ length: 5000 }, (_, row) => row));
});

test("other queries meanwhile do not end a stream", async () => {
  const engine = await newEngine();
  let rows = 0;
  for await (const columns of engine.stream("select i from range(20000) r(i)")) {
    rows += numbers(columns, "i").length;
    await expect(engine.columns("select count(*) as n from range(7)")).resolves.toHaveProperty("n");
  }
  expect(rows).toBe(20_000);
});

test("a type without a form here is refused with a remedy, as is a column asked for as another kind", async () => {
  const engine = await newEngine();
  await expect(engine.columns("select {'a': 1} as s")).rejects.toThrow(/query: s:.*Cast it in the query/);
  await expect(engine.columns("select {'a': 1} as s where false")).rejects.toThrow("[ARGUMENT_INVALID]");
  const columns = await engine.columns("select 1::float as f");
  expect(() => numbers(columns, "f")).toThrow("another type");
  expect(() => texts(columns, "g")).toThrow("no such column");
});
