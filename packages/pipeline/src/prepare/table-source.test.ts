import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { collectFrame, frameOf } from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { openTable, writeParquet } from "../frame/index.ts";
import { checkPlan } from "./check-plan.ts";
import { openTableSource, table } from "./table-source.ts";

test("a folder of Parquet is the files that everything else reads of it: none that is unfinished, no folder", async () => {
  const folder = temporaryFolder(onTestFinished);
  for (const part of ["b.parquet", "_temporary"]) mkdirSync(join(folder, part), { recursive: true });
  for (const file of ["a.parquet", "b.parquet/part-0.parquet", "_temporary/part-0.parquet", ".a.parquet"])
    writeFileSync(join(folder, file), file);
  const { files } = await openTableSource(table(folder));
  expect(files.map((file) => relative(folder, file))).toEqual(["a.parquet", "b.parquet/part-0.parquet"]);
});

test("what would be passed over is refused: options of other formats, checks behind no step", async () => {
  for (const options of [{ missing: ["NA"] }, { header: true }, { unknown: "ignore" }] as const)
    await expect(
      openTableSource(table(import.meta.filename, { ...options, format: "parquet" })),
    ).rejects.toThrow(new RegExp(`${Object.keys(options)[0]}: expected files of`, "u"));
  const set = { columns: {}, rows: [] };
  for (const key of ["01", "", "1.0"])
    expect(() => checkPlan({ after: { [key]: set } }, 3)).toThrow(/checks\.after/u);
  expect(checkPlan({ after: { 1: set } }, 3).after).toHaveProperty("1");
});

test("files without an ending that is known are told by their first bytes, packed ones too, wherever they are opened", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  await writeParquet(at("pages"), frameOf({ a: [1, 2] }));
  writeFileSync(at("lines.data"), '\n{"a":1}\n{"a":2}\n');
  writeFileSync(at("marked.data"), '\ufeff{"a":1}\n{"a":2}\n');
  writeFileSync(at("rows.data.gz"), gzipSync("a\n1\n2\n"));
  for (const [name, format] of [
    ["pages", "parquet"],
    ["lines.data", "json"],
    ["marked.data", "json"],
    ["rows.data.gz", "csv"],
  ] as const) {
    expect((await openTableSource(table(at(name)))).format).toBe(format);
    expect((await collectFrame(await openTable(at(name)))).rows).toBe(2);
  }
});
