import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderFiles } from "./folder-files.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-folder-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("files of partitions come in order, unfinished ones and loops of links do not", async () => {
  for (const part of ["day=2", "day=1", "_temporary/0", ".spark"])
    await mkdir(join(folder, part), { recursive: true });
  for (const file of [
    "day=2/b.parquet",
    "day=1/a.parquet",
    "_temporary/0/x.parquet",
    ".spark/y.parquet",
    "_SUCCESS",
  ])
    await writeFile(join(folder, file), "");
  await symlink(folder, join(folder, "again"));
  const found = await folderFiles("t", folder);
  expect(found.map((path) => relative(folder, path))).toEqual(["day=1/a.parquet", "day=2/b.parquet"]);
});

test("a folder without files or that cannot be read is told by its path", async () => {
  const empty = join(folder, "_empty");
  await mkdir(empty);
  await expect(folderFiles("t", empty)).rejects.toThrow(/_empty: expected a folder with Parquet files/u);
  await expect(folderFiles("t", join(folder, "gone"))).rejects.toMatchObject({ code: "DATA_NOT_FOUND" });
  if (process.getuid?.() === 0) return;
  await chmod(empty, 0);
  await expect(folderFiles("t", empty)).rejects.toMatchObject({ code: "DATA_NOT_FOUND" });
});
