import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
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
