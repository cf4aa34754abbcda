import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectFrame, frame, frameOf, sourceOf, type Frame, type FrameSource } from "@tideline/learn/frame";
import { isTidelineError } from "@tideline/spec/error";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { arrowSource } from "./arrow-source.ts";
import { csvSource } from "./csv-source.ts";
import { jsonSource } from "./json-source.ts";
import { parquetSource } from "./parquet-source.ts";
import { writeArrow } from "./write-arrow.ts";
import { writeCsv } from "./write-csv.ts";
import { writeJson } from "./write-json.ts";
import { writeParquet } from "./write-parquet.ts";

const WRITERS = { writeCsv, writeJson, writeParquet, writeArrow };
const READERS = { csvSource, jsonSource, parquetSource, arrowSource };
const GOOD = frameOf({ a: [1, 2] });

function folder(): string {
  const root = temporaryFolder(onTestFinished);
  mkdirSync(root, { recursive: true });
  return root;
}

/** What work fails with, which must be ours and a promise's. */
async function errorOf(work: () => Promise<unknown>) {
  const error: unknown = await work().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(isTidelineError(error), String(error)).toBe(true);
  return error as Error;
}

test("rows that are none, and pieces that are not of their source's columns, are told by the writer's name", async () => {
  const root = folder();
  const strange = [null, undefined, [], {}, "x", 3, { rows: 2 }, { read: 3 }, [{ a: 1 }]];
  const lying: FrameSource = {
    schema: sourceOf(frameOf({ a: [1], b: [2] })).schema,
    read: () => sourceOf(GOOD).read(),
  };
  for (const [name, write] of Object.entries(WRITERS)) {
    for (const rows of strange) {
      const { message } = await errorOf(() => write(join(root, "out"), rows as unknown as Frame));
      expect(message).toMatch(new RegExp(`^${name}: rows: expected a frame.*ARGUMENT_INVALID`, "u"));
    }
    expect((await errorOf(() => write(join(root, "out"), lying))).message).toMatch(
      new RegExp(`^${name}: rows: .*a, b, received one of a.*DATA_MALFORMED`, "u"),
    );
  }
  expect(readdirSync(root)).toEqual([]);
});

test("a frame of no columns: formats that could not be read again refuse it, Arrow gives it back", async () => {
  const root = folder();
  for (const write of [writeCsv, writeParquet])
    expect((await errorOf(() => write(join(root, "out"), frame([])))).message).toMatch(/rows: .*one column/u);
  expect(await writeJson(join(root, "none.jsonl"), frame([]))).toEqual({ rows: 0 });
  await writeArrow(join(root, "none.arrow"), frame([]));
  expect((await collectFrame(await arrowSource(join(root, "none.arrow")))).columns).toEqual([]);
});

test("a path at which no file can be written or read is told, and nothing stays behind", async () => {
  const root = folder();
  writeFileSync(join(root, "file"), "x");
  mkdirSync(join(root, "below"));
  symlinkSync("loop", join(root, "loop"));
  const places = {
    "file/out": "ENOTDIR",
    "nowhere/out": "ENOENT",
    below: "EISDIR",
    "loop/out": "ELOOP",
    [`${"n".repeat(300)}`]: "ENAMETOOLONG",
  };
  for (const [name, write] of Object.entries(WRITERS)) {
    for (const [path, code] of Object.entries(places)) {
      const { message } = await errorOf(() => write(join(root, path), GOOD));
      expect(message).toMatch(
        new RegExp(`^${name}: path: expected a file.*\\(${code}\\).*ARGUMENT_INVALID`, "u"),
      );
    }
    for (const path of ["", null, undefined, 3, {}, new URL("file:///x"), "a\0b"])
      expect((await errorOf(() => write(path as string, GOOD))).message).toMatch(
        new RegExp(`^${name}: path: expected the path.*ARGUMENT_INVALID`, "u"),
      );
  }
  for (const [name, read] of Object.entries(READERS))
    for (const path of ["", null, undefined, 3, {}, new URL("file:///x"), "a\0b"])
      expect((await errorOf(() => read(path as string))).message).toMatch(
        new RegExp(`^${name}: paths: expected the path.*ARGUMENT_INVALID`, "u"),
      );
  expect(readdirSync(root).sort()).toEqual(["below", "file", "loop"]);
});

test("a folder that nothing can be spilled to is told before anything is read, and one that is not there is made", async () => {
  const root = folder();
  const [file, table, parquet] = [join(root, "file"), join(root, "t.csv"), join(root, "t.parquet")];
  writeFileSync(file, "x");
  await writeCsv(table, GOOD);
  await writeParquet(parquet, GOOD, { temporary: join(root, "new/below") });
  expect(readdirSync(join(root, "new"))).toEqual(["below"]);
  rmSync(join(root, "new"), { recursive: true });
  for (const temporary of [file, join(file, "below"), "/proc/none", "", 3 as unknown as string])
    for (const [name, work] of [
      ["csvSource", () => csvSource(table, { temporary })],
      ["csvSource", () => csvSource(join(root, "*.csv"), { temporary })],
      ["parquetSource", () => parquetSource(parquet, { temporary })],
      ["writeParquet", () => writeParquet(join(root, "out.parquet"), GOOD, { temporary })],
    ] as const)
      expect((await errorOf(work)).message).toMatch(
        new RegExp(`^${name}: temporary: expected a folder.*ARGUMENT_INVALID`, "u"),
      );
  expect(readdirSync(root).sort()).toEqual(["file", "t.csv", "t.parquet"]);
});
