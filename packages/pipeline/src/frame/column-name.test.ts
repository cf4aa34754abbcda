import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { collectFrame, frameOf, frameSchema, numbersOf } from "@tideline/learn/frame";
import { isTidelineError } from "@tideline/spec";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { distinctNames } from "./column-name.ts";
import { csvSource } from "./csv-source.ts";
import { openTable } from "./open-table.ts";
import { profileTable } from "./profile-table.ts";
import type { RejectedRow } from "./rejected-row.ts";
import { writeCsv } from "./write-csv.ts";
import { writeParquet } from "./write-parquet.ts";

function folderWith(contents: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  return folder;
}

test("each column has a name of its own, and a file's own names stay with the first that has them", () => {
  expect(distinctNames(["City", "city", "City", "City_1", ""])).toEqual([
    "City",
    "city",
    "City_2",
    "City_1",
    "column4",
  ]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("", "x", "X", "x_1", "x_2", "column1")), (written) => {
      const names = distinctNames(written);
      expect(new Set(names).size).toBe(written.length);
      for (const name of new Set(written)) if (name !== "") expect(names[written.indexOf(name)]).toBe(name);
    }),
  );
});

test("names of CSV that differ in their case alone stay as they are; equal and absent ones are told", async () => {
  const folder = folderWith({
    "a.csv": "City, city,CITY,City,\n1,2,3,4,5\n",
    "case.csv": `City,city,n\n1,a,1\n2,b,x\n${"3,c,3\n".repeat(100)}`,
    "other.csv": "city;n;City\nz;9;7\n",
  });
  const source = await openTable(join(folder, "a.csv"));
  expect(source.renamed).toEqual([
    { name: "City_1", written: "City" },
    { name: "column4", written: "" },
  ]);
  const rows = await collectFrame(source);
  expect(rows.columns.map((column) => [column.name, ...numbersOf(column)])).toEqual([
    ["City", 1],
    ["city", 2],
    ["CITY", 3],
    ["City_1", 4],
    ["column4", 5],
  ]);
  const { warnings } = await profileTable(join(folder, "a.csv"), { now: 0 });
  expect(warnings.filter(({ kind }) => kind === "renamed").map(({ column }) => column)).toEqual([
    "City_1",
    "column4",
  ]);
  const files = [join(folder, "case.csv"), join(folder, "other.csv")];
  const rejected: RejectedRow[] = [];
  const both = await csvSource(files, { onRejected: (some) => void rejected.push(...some) });
  expect(both.renamed).toBeUndefined();
  const [city] = (await collectFrame(both)).columns;
  expect([...numbersOf(city!)].slice(-2)).toEqual([3, 7]);
  expect(rejected.map(({ column, line }) => [column, line])).toEqual([["n", 3]]);
  const schema = [
    { name: "City", kind: "float" },
    { name: "city", kind: "string" },
    { name: "n", kind: "float" },
  ] as const;
  const error = await collectFrame(await csvSource(files[0]!, { schema })).catch((one: unknown) => one);
  expect(isTidelineError(error, "DATA_MALFORMED") && error.parts.received).toMatch(
    /^line 3: Error when converting column "n"/u,
  );
});

test("signs of patterns in names of CSV stay what they are in what is said of rows", async () => {
  const folder = folderWith({ "a.csv": "Price$&,price$&\n1,a\n" });
  const schema = [
    { name: "Price$&", kind: "float" },
    { name: "price$&", kind: "float" },
  ] as const;
  const path = join(folder, "a.csv");
  await expect(csvSource(path, { schema }).then(collectFrame)).rejects.toThrow(/column "price\$&"/u);
  const rejected: RejectedRow[] = [];
  await collectFrame(await csvSource(path, { schema, onRejected: (some) => void rejected.push(...some) }));
  expect(rejected.map(({ reason }) => reason)).toEqual([expect.stringContaining('column "price$&"')]);
});

test("nested columns of Parquet beside names that differ in their case alone come with those names", async () => {
  const folder = folderWith({});
  const path = join(folder, "nested.parquet");
  await writeParquet(path, frameOf({ City: [1, 2], city: [3, 4], list: [[1], [2, 3]] }));
  const source = await openTable(path);
  expect(frameSchema(await collectFrame(source)).map(({ name }) => name)).toEqual(["City", "city", "list"]);
  expect(source.renamed).toBeUndefined();
});

test("a CSV of nothing is an error, and a header without rows is said", async () => {
  const folder = folderWith({
    "none.csv": "",
    "mark.csv": "\ufeff",
    "lines.csv": "\n\n",
    "blank.csv": "   \n \t \n   \n",
    "tabs.csv": "\t\n",
    "head.csv": "a,b\n",
  });
  for (const name of ["none", "mark", "lines", "blank", "tabs"])
    await expect(openTable(join(folder, `${name}.csv`))).rejects.toThrow(
      /a header or a row.*DATA_MALFORMED/su,
    );
  const tabs = await csvSource(join(folder, "tabs.csv"), {
    schema: [
      { name: "a", kind: "string" },
      { name: "b", kind: "float" },
    ],
    delimiter: "\t",
    header: false,
  });
  expect((await collectFrame(tabs)).rows).toBe(1);
  const { rows, warnings } = await profileTable(join(folder, "head.csv"), { now: 0 });
  expect([rows, warnings.map(({ kind }) => kind)]).toEqual([0, ["no-rows"]]);
});

test("texts that are no UTF-8, and bytes of zero, are called what they are", async () => {
  const rows = "a,b\n1,2\n3,4\n";
  const folder = folderWith({
    "good.csv": rows,
    "stray.csv": `${rows}5,x\0y\n`,
    "zero.csv": "\0".repeat(5000),
    "some.csv": `${rows}${"\0".repeat(3)}`,
    "wide.csv": `\ufeff${rows}`,
    "zero.jsonl": "\0".repeat(5000),
  });
  const at = (name: string) => join(folder, name);
  writeFileSync(at("wide.csv"), Buffer.from(`\ufeff${rows}`, "utf16le"));
  writeFileSync(at("bare.csv"), Buffer.from(rows, "utf16le"));
  writeFileSync(at("big.csv"), Buffer.from(rows, "utf16le").swap16());
  writeFileSync(at("han.csv"), Buffer.from("名,字\n一,二\n三,四\n", "utf16le"));
  writeFileSync(
    at("four.csv"),
    Buffer.from([...`\ufeff${rows}`].flatMap((sign) => [...Buffer.from(`${sign}\0`, "utf16le")])),
  );
  writeFileSync(at("torn.csv"), `${rows.repeat(80)}${"\0".repeat(640)}`);
  for (const [name, said] of [
    ["zero.csv", "bytes of zero alone"],
    ["zero.jsonl", "bytes of zero alone"],
    ["some.csv", "3 in 15 are zero"],
    ["wide.csv", "UTF-16.*iconv"],
    ["bare.csv", "UTF-16LE.*iconv"],
    ["big.csv", "UTF-16BE.*iconv"],
    ["han.csv", "UTF-16LE.*iconv"],
    ["four.csv", "UTF-32.*iconv"],
    ["torn.csv", "640 in 1600 are zero.*not written to its end"],
  ] as const)
    await expect(openTable(at(name))).rejects.toThrow(new RegExp(`${name}.*${said}.*DATA_MALFORMED`, "su"));
  const both = await csvSource([at("good.csv"), at("zero.csv")]);
  await expect(collectFrame(both)).rejects.toThrow(/zero\.csv.*bytes of zero alone/su);
  expect((await collectFrame(await openTable(at("stray.csv")))).rows).toBe(3);
});

test("names of a header are what is read on a screen: unseen signs go, blanks are of one kind, and both are told", async () => {
  const cases: readonly (readonly [string, readonly string[], readonly (string | undefined)[]])[] = [
    ["a\u00a0,\u00a0b", ["a", "b"], ["a\u00a0", "\u00a0b"]],
    ["first\u00a0name,b", ["first name", "b"], ["first\u00a0name"]],
    ["a\u200b,\ufeffb", ["a", "b"], ["a\u200b", "\ufeffb"]],
    ["\ufeff\ufeffa,b\u00ad", ["a", "b"], ["\ufeffa", "b\u00ad"]],
    ["a , b", ["a", "b"], []],
    ['"a ",a', ["a", "a_1"], [undefined, "a"]],
    ["a,a\u200b", ["a", "a_1"], [undefined, "a\u200b"]],
    ["a,\u00a0", ["a", "column1"], [undefined, "\u00a0"]],
    ["a\0,\u202eb", ["a", "b"], ["a\0", "\u202eb"]],
    ["a\t,b", ["a", "b"], []],
    ['"a\nb",c', ["a\nb", "c"], []],
    ["خانه\u200cها,b", ["خانه\u200cها", "b"], []],
    ["A,a\u200b", ["A", "a"], [undefined, "a\u200b"]],
  ];
  for (const [head, names, written] of cases) {
    const folder = folderWith({
      "a.csv": `${head}\n1,x\n2,y\n`,
      "b.csv": `${names.map((name) => JSON.stringify(name).replaceAll("\\n", "\n")).join(",")}\n3,z\n`,
    });
    for (const options of [{}, { header: true }, { onRejected: () => undefined }]) {
      const source = await csvSource(join(folder, "a.csv"), options);
      expect(
        source.schema.map(({ name }) => name),
        head,
      ).toEqual(names);
      expect(source.renamed ?? [], head).toEqual(
        names.flatMap((name, at) => (written[at] === undefined ? [] : [{ name, written: written[at] }])),
      );
      expect((await collectFrame(source)).rows).toBe(2);
    }
    const both = await collectFrame(await csvSource([join(folder, "a.csv"), join(folder, "b.csv")]));
    expect([...numbersOf(both.columns[0]!)], head).toEqual([1, 2, 3]);
  }
  const { warnings } = await profileTable(join(folderWith({ "a.csv": "a\u200b,b\n1,x\n" }), "a.csv"), {
    now: 0,
  });
  expect(warnings.filter(({ kind }) => kind === "renamed").map(({ text }) => text)).toEqual([
    expect.stringMatching(/is called "a\\u\{200b\}", with signs that nobody sees in the file/u),
  ]);
});

test("a schema may call columns as they read or as they are written, and what is written comes back", async () => {
  const names = ["a ", "\u00a0b", "c\u200b"];
  const rows = frameOf(Object.fromEntries(names.map((name, at) => [name, [at, 2]])));
  const path = join(folderWith({}), "a.csv");
  await writeCsv(path, rows);
  const schema = frameSchema(rows);
  expect(frameSchema(await collectFrame(await csvSource(path, { schema }))).map(({ name }) => name)).toEqual(
    names,
  );
  const readable = schema.map((column, at) => ({ ...column, name: ["a", "b", "c"][at]! }));
  expect(
    (await collectFrame(await csvSource(path, { schema: readable }))).columns.map(({ name }) => name),
  ).toEqual(["a", "b", "c"]);
  await expect(
    csvSource(path, { schema: readable.map((column) => ({ ...column, name: `${column.name}x` })) }),
  ).rejects.toThrow(/schema: expected column "a" in place 0, received "ax".*ARGUMENT_INVALID/su);
});
