import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { collectFrame, concatFrames, frameDifference, type Frame } from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { openEngine } from "../lake/index.ts";
import { engineParquet, type EngineParquet } from "./engine-parquet.ts";
import { engineProcess } from "./engine-process.ts";
import { encodedFile } from "./parquet/testing/encoded-files.ts";
import { parquetSource } from "./parquet-source.ts";

/** A folder whose name says the value of a column: all of its files are the engine's. */
function engineFolder(): { readonly folder: string; readonly temporary: string } {
  const temporary = temporaryFolder(onTestFinished);
  const folder = join(temporary, "day=1");
  mkdirSync(folder, { recursive: true });
  return { folder, temporary };
}

/** Processes that a process started, as Linux tells. */
function childrenOf(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
}

async function piecesOf({ read, columns }: EngineParquet, rows: number): Promise<readonly Frame[]> {
  const all: Frame[] = [];
  for await (const piece of read(columns, rows)) all.push(piece);
  return all;
}

test("columns of any type come from the engine's process as it reads them, twice, and nothing of it is left", async () => {
  const { folder, temporary } = engineFolder();
  const path = join(folder, "any.parquet");
  const engine = await openEngine({ temporary });
  await engine.run(`copy (select [i, i + 0.5] as l, {'a': 'text ' || i} as r, i::decimal(9, 2) as d, 't' || (i // 10) as s,
    case when i % 3 > 0 then i % 2 = 0 end as b, (9007199254740993 + i)::bigint as w, i::varchar::blob as raw
    from range(7000) t(i)) to '${path}' (format parquet)`);
  await engine.close();
  const [own, apart] = [
    await engineParquet("test", [path], {}, "text"),
    await engineProcess("test", [path], { temporary }, "text"),
  ];
  expect(apart.columns.map(({ schema }) => schema)).toEqual(own.columns.map(({ schema }) => schema));
  expect(apart.rowCount).toBe(7000);
  const expected = concatFrames(await piecesOf(own, 2048));
  for (let time = 0; time < 2; time++) {
    const pieces = await piecesOf(apart, 2048);
    expect(pieces.map(({ rows }) => rows)).toEqual([2048, 2048, 2048, 856]);
    expect(frameDifference(concatFrames(pieces), expected, { storage: true })).toBeUndefined();
  }
  for await (const piece of apart.read(apart.columns.slice(0, 1), 2048)) {
    expect(piece.columns).toHaveLength(1);
    break;
  }
  expect(readdirSync(temporary)).toEqual(["day=1"]);
});

test("damaged pages that end the engine's process are an error of the file", async () => {
  const { folder } = engineFolder();
  const path = join(folder, "first.parquet");
  // The length of a text of differences: the engine goes where nothing is.
  const bytes = readFileSync(encodedFile("first"));
  bytes[162] = 0;
  writeFileSync(path, bytes);
  await expect(async () => collectFrame(await parquetSource(path))).rejects.toThrow(
    /first\.parquet.*copy the file anew.*DATA_MALFORMED/isu,
  );
});

test.runIf(process.platform === "linux")(
  "a process that ended while nobody asked it is another one at the next reading",
  async () => {
    const { folder, temporary } = engineFolder();
    const path = join(folder, "any.parquet");
    writeFileSync(path, readFileSync(encodedFile("checked")));
    const opened = await engineProcess("test", [path], { temporary });
    const expected = opened.rowCount;
    const [own] = childrenOf(process.pid);
    process.kill(own!, "SIGKILL");
    await expect.poll(() => readdirSync(temporary)).toEqual(["day=1"]);
    expect(concatFrames(await piecesOf(opened, 2048)).rows).toBe(expected);
  },
);

test("an engine that does not answer in its time is ended, and told", async () => {
  const { folder, temporary } = engineFolder();
  const path = join(folder, "any.parquet");
  writeFileSync(path, readFileSync(encodedFile("checked")));
  await expect(engineProcess("test", [path], { temporary }, undefined, 20)).rejects.toThrow(
    /expected rows from the engine within 0 s, received none.*copy the file anew.*DATA_MALFORMED/su,
  );
  expect(readdirSync(temporary)).toEqual(["day=1"]);
});

test("pages that the engine reads are compared with their checksums, which it does not look at", async () => {
  const { folder } = engineFolder();
  const path = join(folder, "checked.parquet");
  const bytes = readFileSync(encodedFile("checked"));
  writeFileSync(path, bytes);
  const collect = async () => (await collectFrame(await parquetSource(path))).rows;
  expect(await collect()).toBe(300);
  bytes[bytes.subarray(0, -6000).lastIndexOf("https://example.org/") + 3]! ^= 1;
  writeFileSync(path, bytes);
  await expect(collect()).rejects.toThrow(
    /checked\.parquet.*checksum is 0x[\da-f]{8}, where its head says.*DATA_MALFORMED/su,
  );
});
