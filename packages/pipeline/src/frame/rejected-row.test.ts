import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import {
  collectFrame,
  frameSchema,
  numbersOf,
  takeSource,
  type FrameSchema,
  type FrameSource,
} from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { csvSource } from "./csv-source.ts";
import { jsonSource } from "./json-source.ts";
import type { OnRejected, RejectedRow } from "./rejected-row.ts";

const SCHEMA: FrameSchema = [
  { name: "id", kind: "integer" },
  { name: "name", kind: "string" },
  { name: "price", kind: "float" },
];

function fileOf(name: string, content: string | Uint8Array): string {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

async function readWith(open: (onRejected: OnRejected) => Promise<FrameSource>, columns?: readonly string[]) {
  const rejected: RejectedRow[] = [];
  const source = await open((rows) => void rejected.push(...rows));
  const rows = await collectFrame(source, columns === undefined ? {} : { columns });
  return { rows, rejected };
}

const HEAD = "id,name,price\n";
/** Rows of which every hundredth is broken in one of several ways, and the line and reason of each. */
function corrupted(
  count: number,
  good: (row: number) => string,
  broken: readonly [(row: number) => string, RegExp][],
) {
  const lines: string[] = [];
  const faults: { readonly line: number; readonly reason: RegExp }[] = [];
  for (let row = 0; row < count; row++) {
    if (row % 100 === 57) {
      const [make, reason] = broken[((row / 100) % broken.length) | 0]!;
      lines.push(make(row));
      faults.push({ line: row + 1, reason });
    } else lines.push(good(row));
  }
  return { text: `${lines.join("\n")}\n`, faults };
}

function expectFaults(
  rejected: readonly RejectedRow[],
  faults: readonly { line: number; reason: RegExp }[],
): void {
  expect(rejected.map(({ line }) => line)).toEqual(faults.map(({ line }) => line));
  for (const [at, { reason }] of faults.entries()) expect(rejected[at]!.reason).toMatch(reason);
}

test("one row in a hundred of a CSV file is broken: these are handed over with line and reason, the others come", async () => {
  const { text, faults } = corrupted(20_000, (row) => `${row},name ${row},${row / 4}`, [
    [(row) => `${row},short`, /Expected Number of Columns: 3 Found: 2/u],
    [(row) => `${row},long,1,2,3`, /Expected Number of Columns: 3 Found: 4/u],
    [(row) => `${row}x,"a, b",2`, /Could not read "\d+x" as a value of column "id"/u],
    [(row) => `${row},"a ""b""",cheap`, /"price".*"cheap"/u],
  ]);
  const path = fileOf("rows.csv", HEAD + text);
  const open = (onRejected: OnRejected) => csvSource(path, { onRejected });
  const { rows, rejected } = await readWith(open);
  expect(rows.rows).toBe(19_800);
  expectFaults(
    rejected,
    faults.map(({ line, reason }) => ({ line: line + 1, reason })),
  );
  expect(rejected[3]).toEqual({
    file: path,
    line: 359,
    column: "price",
    reason: `Error when converting column "price". Could not convert string "cheap" to 'DOUBLE'`,
    text: '357,"a ""b""",cheap',
  });
  const some = await readWith(open, ["name"]);
  expect(some.rows.rows).toBe(19_800);
  expect(some.rejected).toEqual(rejected);
  const strict = await csvSource(path, { schema: SCHEMA });
  await expect(collectFrame(strict)).rejects.toThrow(/rows\.csv.*line 59.*DATA_MALFORMED/su);
});

test("a value that contradicts the sample, a broken quote and bytes that are no UTF-8 are rejected, too", async () => {
  const late = fileOf("late.csv", `a\n${"1\n".repeat(5000)}1.5\n2\n0x10\n-0.4\n`);
  const { rows, rejected } = await readWith((onRejected) => csvSource(late, { sample: 100, onRejected }));
  expect(frameSchema(rows)).toEqual([{ name: "a", kind: "integer" }]);
  expect([rows.rows, rejected.map(({ line }) => line)]).toEqual([5001, [5002, 5004, 5005]]);
  const bytes = fileOf("bytes.csv", Buffer.from(`${HEAD}1,a,1\n2,\u00ff,2\n3,b,3\n`, "latin1"));
  const encoded = await readWith((onRejected) => csvSource(bytes, { schema: SCHEMA, onRejected }));
  expect([...numbersOf(encoded.rows.columns[0]!)]).toEqual([1, 3]);
  expect(encoded.rejected).toMatchObject([
    { line: 3, reason: expect.stringMatching(/utf|unicode/iu) as string },
  ]);
  const quote = fileOf("quote.csv", `${HEAD}1,a,1\n2,"b"x,2\n3,c,3\n`);
  const quoted = await readWith((onRejected) => csvSource(quote, { schema: SCHEMA, onRejected }));
  expect([...numbersOf(quoted.rows.columns[0]!)]).toEqual([1, 3]);
  expect(quoted.rejected.map(({ line }) => line)).toEqual([3]);
});

test("what stands for a missing value makes no column one of texts", async () => {
  const values = Array.from({ length: 200 }, (_, row) => (row === 77 ? "oops" : row % 5 === 0 ? "NA" : row));
  const file = fileOf("na.csv", `a\n${values.join("\n")}\n`);
  const { rows, rejected } = await readWith((onRejected) =>
    csvSource(file, { missing: ["", "NA"], onRejected }),
  );
  expect(frameSchema(rows)).toEqual([{ name: "a", kind: "integer" }]);
  expect([rows.rows, rejected.map(({ line }) => line)]).toEqual([199, [79]]);
});

test("one line in a hundred of JSON is broken: these are handed over with line and reason, the others come", async () => {
  const good = (row: number) => JSON.stringify({ id: row, name: `n${row}`, price: row / 4 });
  const { text, faults } = corrupted(3000, good, [
    [() => `{"id": 1, "name"`, /no JSON/u],
    [() => "[1, 2]", /expected an object/u],
    [() => `{"id": 1.5, "name": "a"}`, /whole number.*1\.5/u],
    [() => `{"id": 1, "name": 5}`, /expected a text, received 5/u],
    [() => `{"id": 1, "constructor": 5}`, /not of the schema/u],
    [() => `{"id": 18446744073709551616}`, /whole number/u],
  ]);
  for (const path of [fileOf("rows.json", text), fileOf("rows.json.gz", gzipSync(text))]) {
    const { rows, rejected } = await readWith((onRejected) =>
      jsonSource(path, { schema: SCHEMA, rows: 500, onRejected }),
    );
    expect(rows.rows).toBe(2970);
    expectFaults(rejected, faults);
    expect(rejected[2]).toMatchObject({ column: "id", file: path });
    const strict = await jsonSource(path, { schema: SCHEMA });
    await expect(collectFrame(strict)).rejects.toThrow(/rows\.json.*line 58.*no JSON.*DATA_MALFORMED/su);
  }
  const bytes = fileOf("bytes.json", Buffer.from('{"a":1}\n\n{"a":"\u00ff"}\r\n{"a":2}', "latin1"));
  const { rows, rejected } = await readWith((onRejected) => jsonSource(bytes, { onRejected }));
  expect([rows.rows, rejected.map(({ line, reason }) => [line, reason])]).toEqual([
    2,
    [[3, "bytes that are no UTF-8"]],
  ]);
});

test("kinds of JSON are those of a sample", async () => {
  const path = fileOf(
    "rows.json",
    '{"a":1,"b":"2024-01-01T00:00:00Z","c":[1],"d":null,"e":true,"f":"x"}\n{"a":null,"g":2}\n',
  );
  expect((await jsonSource(path)).schema.map(({ kind }) => kind)).toEqual([
    "float",
    "time",
    "series",
    "string",
    "boolean",
    "string",
    "float",
  ]);
  await expect(jsonSource(fileOf("deep.json", '{"a":{"b":1}}\n'))).rejects.toThrow(/field "a".*objects/u);
  await expect(jsonSource(fileOf("none.json", ""))).rejects.toThrow(/without lines/u);
  for (const list of ['[{"a":1},{"a":2}]', '[\n {"a":1},\n {"a":2}\n]\n'])
    await expect(jsonSource(fileOf("list.json", list))).rejects.toThrow(/received a list.*jq -c/su);
});

const openFiles = (name: string) =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith(name);
    } catch {
      return false;
    }
  });

test.runIf(process.platform === "linux")(
  "a reader that stops early, or is cut off, closes its file",
  async () => {
    const csv = fileOf("many.csv", HEAD + "1,some text that is long enough to be a text,2\n".repeat(60_000));
    const json = fileOf(
      "many.json",
      '{"id":1,"name":"some text that is long enough","price":2}\n'.repeat(60_000),
    );
    for (const [path, source] of [
      [csv, await csvSource(csv, { rows: 2048 })],
      [json, await jsonSource(json, { rows: 2048 })],
    ] as const) {
      expect((await collectFrame(takeSource(source, 10))).rows).toBe(10);
      const open = source.read()[Symbol.asyncIterator]();
      expect((await open.next()).done).toBe(false);
      await open.return!();
      expect((await open.next()).done).toBe(true);
      expect(openFiles(path)).toEqual([]);
    }
  },
);

test("files that are not there and options that cannot be are named", async () => {
  await expect(csvSource("/nowhere/rows.csv")).rejects.toThrow(/nowhere.*DATA_NOT_FOUND/u);
  await expect(jsonSource([])).rejects.toThrow(/at least one file/u);
  const path = fileOf("rows.csv", `${HEAD}1,a,2\n`);
  await expect(csvSource(path, { sample: 0 })).rejects.toThrow(/sample/u);
  await expect(csvSource(path, { delimiter: '"' })).rejects.toThrow(/delimiter/u);
  await expect(csvSource(path, { schema: SCHEMA.slice(1) })).rejects.toThrow(/3 columns.*received 2/u);
  await expect(collectFrame(await csvSource(path, { rows: 0 }))).rejects.toThrow(/rows of a piece/u);
});
