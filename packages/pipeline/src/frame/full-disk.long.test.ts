import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectFrame, frameOf, sourceOf, type FrameSource } from "@tideline/learn/frame";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { openEngine } from "../lake/engine.ts";
import { relationSource } from "./relation-source.ts";
import { writeArrow } from "./write-arrow.ts";
import { writeCsv } from "./write-csv.ts";
import { writeJson } from "./write-json.ts";
import { writeParquet } from "./write-parquet.ts";

const undo: (() => void)[] = [];
afterAll(() => {
  for (const one of undo.toReversed()) one();
});

/** A file system of few MiB, where this process may mount one. */
function smallDisk(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const folder = temporaryFolder((work) => void undo.push(work as () => void));
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], { stdio: "ignore" });
    undo.push(() => execFileSync("umount", [folder]));
    return folder;
  } catch {
    return undefined;
  }
}

/** Some 40 MB of numbers that nothing packs. */
function large(): FrameSource {
  const piece = () =>
    frameOf(
      Object.fromEntries(
        Array.from({ length: 10 }, (_, at) => [`c${at}`, Float64Array.from({ length: 50_000 }, Math.random)]),
      ),
    );
  const one = sourceOf(piece());
  return {
    schema: one.schema,
    async *read() {
      for (let at = 0; at < 10; at++) yield piece();
    },
  };
}

const disk = smallDisk();
describe.skipIf(disk === undefined)("a full disk (needs the right to mount one)", () => {
  test("an engine that spills there says which folder, and how much is free; with room the same succeeds", async () => {
    const folder = temporaryFolder(onTestFinished);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "rows.parquet");
    writeFileSync(path, "before");
    const rows = large();
    const told = new RegExp(
      `^${disk}: expected more room than the [678]\\.\\d MiB .*no space left on the disk\\. [\\d.]+ MiB of what does not fit.*TMPDIR.*\\[DISK_FULL\\]$`,
      "u",
    );
    await expect(writeParquet(path, rows, { temporary: disk!, memory: 24 })).rejects.toThrow(told);
    expect(readdirSync(folder)).toEqual(["rows.parquet"]);
    expect(readdirSync(disk!)).toEqual([]);
    expect(await writeParquet(path, rows, { temporary: folder, memory: 24 })).toEqual({ rows: 500_000 });
    const engine = await openEngine({ temporary: disk!, memory: 128, threads: 1 });
    try {
      const sorted = await relationSource(
        engine,
        `(select md5(range::varchar) as text from range(3000000) order by text)`,
      );
      await expect(collectFrame(sorted).then(({ rows: count }) => count)).rejects.toThrow(
        /: expected more room than.*\[DISK_FULL\]$/u,
      );
    } finally {
      await engine.close();
    }
    expect(readdirSync(disk!)).toEqual([]);
  }, 120_000);

  test.each(Object.entries({ writeCsv, writeJson, writeParquet, writeArrow }))(
    "%s leaves no half of a file there, and what stood before",
    async (_, write) => {
      const path = join(disk!, "rows");
      writeFileSync(path, "before");
      await expect(write(path, large())).rejects.toThrow(/rows: expected more room than.*\[DISK_FULL\]$/u);
      expect(readdirSync(disk!)).toEqual(["rows"]);
    },
    60_000,
  );
});
