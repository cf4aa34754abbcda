import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import {
  collectFrame,
  frameOf,
  frameSchema,
  numbersOf,
  sourceOf,
  timeText,
  type Column,
  type FrameSchema,
} from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { csvSource } from "./csv-source.ts";
import { jsonSource } from "./json-source.ts";
import { parquetSource } from "./parquet-source.ts";
import type { RejectedRow } from "./rejected-row.ts";
import { writeArrow } from "./write-arrow.ts";
import { writeCsv } from "./write-csv.ts";
import { writeJson } from "./write-json.ts";
import { writeParquet } from "./write-parquet.ts";

function filesOf(contents: Readonly<Record<string, string | Uint8Array>>): string[] {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  return Object.entries(contents).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
}

const fileOf = (name: string, content: string | Uint8Array): string => filesOf({ [name]: content })[0]!;
const timesOf = (column: Column) => [...numbersOf(column)].map((time) => timeText(time));

test("a .gz that is cut off or damaged is an error that names the file; one of several members is whole", async () => {
  for (const [name, head, line, open] of [
    ["rows.csv.gz", "id,x\n", (row: number) => `${row},${row / 7}\n`, csvSource],
    ["rows.json.gz", "", (row: number) => `{"id":${row},"x":${row / 7}}\n`, jsonSource],
  ] as const) {
    const packed = gzipSync(head + Array.from({ length: 5000 }, (_, row) => line(row)).join(""));
    const damaged = Uint8Array.from(packed);
    damaged[damaged.length - 6]! ^= 1;
    for (const bytes of [packed.subarray(0, -4), packed.subarray(0, packed.length >> 1), damaged]) {
      const read = async () => collectFrame(await open(fileOf(name, bytes)));
      await expect(read()).rejects.toThrow(/rows\.(csv|json)\.gz.*gzip.*DATA_MALFORMED/su);
    }
    const members = Buffer.concat([packed, gzipSync(line(5000))]);
    expect((await collectFrame(await open(fileOf(name, members)))).rows).toBe(5001);
  }
  const [good, bad] = filesOf({
    "a.csv.gz": gzipSync("id\n1\n"),
    "b.csv.gz": gzipSync("id\n2\n").subarray(0, -8),
  });
  await expect(collectFrame(await csvSource([good!, bad!]))).rejects.toThrow(/b\.csv\.gz.*gzip/su);
});

test("the zone of a CSV time counts, whether the kind is declared or found; infinity is none", async () => {
  const path = fileOf(
    "times.csv",
    "at,n\n2024-07-01T00:00:00+02:00,1\n2024-07-01T00:00:00,2\n2024-07-01 00:00:00.5-0330,3\n2024-07-01,4\n2024-07-01T00:00:00Z,5\n,6\n",
  );
  const expected = [
    "2024-06-30T22:00:00.000Z",
    "2024-07-01T00:00:00.000Z",
    "2024-07-01T03:30:00.500Z",
    "2024-07-01T00:00:00.000Z",
    "2024-07-01T00:00:00.000Z",
  ];
  const schema: FrameSchema = [
    { name: "at", kind: "time" },
    { name: "n", kind: "float" },
  ];
  const times = async (options: Parameters<typeof csvSource>[1]) => {
    const [at] = (await collectFrame(await csvSource(path, options))).columns;
    expect(at!.kind).toBe("time");
    expect(numbersOf(at!)[5]).toBeNaN();
    return timesOf({ ...at!, values: numbersOf(at!).subarray(0, 5) } as Column);
  };
  expect(await times({ schema })).toEqual(expected);
  expect(await times({})).toEqual(expected);
  const late = fileOf("late.csv", `at\n${"2024-07-01 00:00:00\n".repeat(3000)}2024-07-01T00:00:00+02:00\n`);
  const { columns } = await collectFrame(await csvSource(late, { sample: 2048 }));
  expect(timesOf(columns[0]!).at(-1)).toBe("2024-06-30T22:00:00.000Z");
  const odd = fileOf(
    "odd.csv",
    "at,n\n2024-07-01,1\ninfinity,2\n2024-07-01 00:00:00 America/New_York,3\n2024-07-01T00:00:00,4\n",
  );
  const rejected: RejectedRow[] = [];
  const rows = await collectFrame(
    await csvSource(odd, { schema, onRejected: (some) => void rejected.push(...some) }),
  );
  expect(timesOf(rows.columns[0]!)).toEqual(["2024-07-01T00:00:00.000Z", "2024-07-01T00:00:00.000Z"]);
  expect(rejected.map(({ line, column }) => [line, column])).toEqual([
    [3, "at"],
    [4, "at"],
  ]);
  await expect(collectFrame(await csvSource(odd, { schema }))).rejects.toThrow(/"at", line 3.*infinity/su);
});

test("dates that are not ISO 8601 are texts, not all rejected", async () => {
  const path = fileOf("dates.csv", "day,n\n13/02/2024,1\n01/02/2024,2\n");
  for (const onRejected of [undefined, () => expect.unreachable()]) {
    const rows = await collectFrame(await csvSource(path, onRejected === undefined ? {} : { onRejected }));
    expect(rows.rows).toBe(2);
    expect(rows.columns[0]).toMatchObject({ kind: "string", dictionary: ["13/02/2024", "01/02/2024"] });
  }
});

test("several CSV files are joined by the names of their headers", async () => {
  const files = filesOf({
    "a.csv": "id,x,y\n1,10,100\n2,20,200\n",
    "b.csv": "y,id,x\n300,3,30\n",
    "c.csv": 'id;"x";y\n4;40;400\n',
    "d.csv": "",
  });
  const rows = await collectFrame(await csvSource(files), { columns: ["x", "id"] });
  expect(rows.columns.map((column) => [...numbersOf(column)])).toEqual([
    [10, 20, 30, 40],
    [1, 2, 3, 4],
  ]);
  const rejected: RejectedRow[] = [];
  const broken = filesOf({ "a.csv": "id,x\n1,2\n", "b.csv": "x,id\n1,u\n" });
  const schema: FrameSchema = [
    { name: "id", kind: "integer" },
    { name: "x", kind: "float" },
  ];
  const onRejected = (some: readonly RejectedRow[]) => void rejected.push(...some);
  expect((await collectFrame(await csvSource(broken, { schema, onRejected }))).rows).toBe(1);
  expect(rejected).toMatchObject([{ file: broken[1], line: 2, column: "id", text: "u" }]);
  for (const other of ["id,z,y\n1,2,3\n", "5,50,500\n6,60,600\n", "id,x\n1,2\n"]) {
    const pair = filesOf({ "a.csv": "id,x,y\n1,10,100\n", "b.csv": other });
    await expect(collectFrame(await csvSource(pair))).rejects.toThrow(/b\.csv.*DATA_MALFORMED/su);
  }
});

test("a quote that nothing closes is an error where it takes further lines with it, even with onRejected", async () => {
  const lines = Array.from({ length: 3000 }, (_, row) => (row === 3 ? '3,"bad,1' : `${row},name,2`));
  const take = async (name: string, content: string | Uint8Array) => {
    const rejected: RejectedRow[] = [];
    const source = await csvSource(fileOf(name, content), {
      schema: [
        { name: "id", kind: "integer" },
        { name: "name", kind: "string" },
        { name: "price", kind: "float" },
      ],
      onRejected: (some) => void rejected.push(...some),
    });
    return { rows: (await collectFrame(source)).rows, rejected };
  };
  const plain = `id,name,price\n${lines.join("\n")}\n`;
  await expect(take("quote.csv", plain)).rejects.toThrow(/quote\.csv.*2997 line breaks.*DATA_MALFORMED/su);
  await expect(take("quote.csv.gz", gzipSync(plain))).rejects.toThrow(/2997 line breaks/u);
  const last = await take("last.csv", 'id,name,price\n1,a,2\n2,"b,3\n');
  expect([last.rows, last.rejected.map(({ line }) => line)]).toEqual([1, [3]]);
  const later = await take("later.csv", plain.replace("2000,name", '2000,"name"'));
  expect(later.rejected).toMatchObject([
    { line: 5, reason: expect.stringMatching(/1997 further lines/u) as string },
  ]);
  expect(later.rows).toBe(3000 - 1998);
  const closed = await take("closed.csv", 'id,name,price\n1,"b"x,2\n2,"a\n\nb",3\n4,c,5\n');
  expect([closed.rows, closed.rejected.map(({ line }) => line)]).toEqual([2, [2]]);
});

test("a header of numbers is one where a schema names it", async () => {
  const rows = frameOf({ 2020: [1, 2], 2021: [3, 4] });
  const path = fileOf("years.csv", "");
  await writeCsv(path, rows);
  const back = await collectFrame(await csvSource(path, { schema: sourceOf(rows).schema }));
  expect(back.columns.map((column) => [...numbersOf(column)])).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("a path that is there is no pattern, and a pattern is of several files", async () => {
  const csv = filesOf({
    "a[1].csv": "id\n1\n",
    "a1.csv": "id\n9\n",
    "b*?.csv": "id\n2\n",
    "bxx.csv": "id\n8\n",
  });
  const ids = async (source: ReturnType<typeof csvSource>) => [
    ...numbersOf((await collectFrame(await source)).columns[0]!),
  ];
  expect(await ids(csvSource([csv[0]!, csv[2]!]))).toEqual([1, 2]);
  expect(await ids(csvSource(csv[1]!.replace("a1.csv", "[ab]*.csv")))).toEqual([9, 1, 2, 8]);
  await expect(csvSource(csv[1]!.replace("a1.csv", "c*.csv"))).rejects.toThrow(/c\*\.csv.*DATA_NOT_FOUND/su);
  const folder = csv[1]!.replace("a1.csv", "");
  await writeParquet(`${folder}p[1].parquet`, frameOf({ id: [1] }));
  await writeParquet(`${folder}p1.parquet`, frameOf({ id: [9] }));
  expect(await ids(parquetSource(`${folder}p[1].parquet`))).toEqual([1]);
  expect(await ids(parquetSource(`${folder}p*.parquet`))).toEqual([9, 1]);
});

test("a first row that is too long is rejected, and the others come", async () => {
  const path = fileOf("long.csv", `id,name\n1,${"x".repeat(3e6)}\n2,b\n`);
  const rejected: RejectedRow[] = [];
  const rows = await collectFrame(
    await csvSource(path, { onRejected: (some) => void rejected.push(...some) }),
  );
  expect(frameSchema(rows).map(({ name }) => name)).toEqual(["id", "name"]);
  expect([rows.rows, rejected.map(({ line }) => line)]).toEqual([1, [2]]);
});

test("times without seconds are read where all else of them is right, whatever follows", async () => {
  const right = ["2026-11-23 10:05", "2026-11-23T10:05Z", "2026-11-23 12:05+02:00", "2026-11-23 07:05-03 "];
  const wrong = ["2026-02-30 10:05Z", "2026-11-23 25:05", "10:05", "2026-11-23 10:05+", "2026-11-23 10:05:Z"];
  const path = fileOf("minutes.csv", `at\n${[...right, ...wrong].join("\n")}\n`);
  const rejected: RejectedRow[] = [];
  const rows = await collectFrame(
    await csvSource(path, {
      schema: [{ name: "at", kind: "time" }],
      onRejected: (some) => void rejected.push(...some),
    }),
  );
  expect(timesOf(rows.columns[0]!)).toEqual(right.map(() => "2026-11-23T10:05:00.000Z"));
  expect(rejected.map(({ text }) => text)).toEqual(wrong);
});

test("patterns name files of JSON lines, in the order of their names; one without files is an error", async () => {
  const [second] = filesOf({ "part-2.jsonl": '{"id":2}\n', "part-1.jsonl": '{"id":1}\n' });
  const rows = await collectFrame(await jsonSource(second!.replace("part-2", "part-*")));
  expect([...numbersOf(rows.columns[0]!)]).toEqual([1, 2]);
  await expect(jsonSource(second!.replace("part-2", "no-*"))).rejects.toThrow(/DATA_NOT_FOUND/u);
});

test("lines of JSON that are hostile or begin with a mark, and options that cannot be", async () => {
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const path = fileOf(
    "rows.json",
    `\ufeff{"id":1}\n{"id":${deep}}\n{"id":${"9".repeat(3_000_000)}}\n{"id":{"a":${deep}}}\n{"id":2}\n`,
  );
  const rejected: RejectedRow[] = [];
  const rows = await collectFrame(
    await jsonSource(path, {
      schema: [{ name: "id", kind: "integer" }],
      onRejected: (some) => void rejected.push(...some),
    }),
  );
  expect([...numbersOf(rows.columns[0]!)]).toEqual([1, 2]);
  expect(rejected.map(({ line }) => line)).toEqual([2, 3, 4]);
  for (const options of [{ rows: 0 }, { rows: 2.5 }, { sample: 0 }, { sample: Number.NaN }])
    await expect(jsonSource(path, options)).rejects.toThrow(/ARGUMENT_INVALID/u);
});

test("whole numbers of JSON beyond 2^53 make a column of integers, unless one is no integer", async () => {
  const path = fileOf(
    "ids.json",
    '{"a":1,"b":9007199254740993,"c":1}\n{"a":9007199254740993,"b":0.5,"c":2}\n',
  );
  const rows = await collectFrame(await jsonSource(path));
  expect(frameSchema(rows).map(({ kind }) => kind)).toEqual(["integer", "float", "float"]);
  expect(rows.columns[0]).toMatchObject({ values: BigInt64Array.of(1n, 9007199254740993n) });
});

test("pieces whose lists are all empty are of the type of the others", async () => {
  const path = fileOf("lists.parquet", "");
  const lists = (count: number, each: number) =>
    ({
      kind: "series",
      name: "s",
      offsets: Int32Array.from({ length: count + 1 }, (_, row) => row * each),
      values: new Int32Array(count * each).fill(7),
    }) as const;
  await writeParquet(path, sourceOf(frameOf({ s: lists(4096, 1) }), frameOf({ s: lists(4096, 0) })));
  const source = await parquetSource(path, { rows: 2048 });
  const types: string[] = [];
  for await (const { columns } of source.read())
    types.push((columns[0] as { values: object }).values.constructor.name);
  expect(types).toEqual(Array.from({ length: 4 }, () => "Int32Array"));
});

test("times that no file holds are an error with the name of their column, the farthest ones are written", async () => {
  const path = fileOf("times", "");
  const timeOf = (...values: number[]) =>
    frameOf({ when: { kind: "time", name: "when", values: Float64Array.from(values) } });
  for (const write of [writeCsv, writeJson, writeParquet, writeArrow]) {
    for (const value of [Infinity, -Infinity, 1e19, -9e18])
      await expect(write(path, timeOf(0, value))).rejects.toThrow(/"when".*DATA_MALFORMED/su);
    expect(await write(path, timeOf(8.64e18, -8.64e18, Number.NaN))).toEqual({ rows: 3 });
  }
});
