import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { collectFrame, concatFrames, frameDifference, takeRows, type Frame } from "@tideline/learn/frame";
import { parquetSource } from "../parquet-source.ts";
import { planFiles } from "./parquet-plan.ts";
import { writtenAs } from "./testing/written-as.ts";

test("threads read columns of their own, and may be left or be told late of what is damaged", async () => {
  // 17 MB: of fewer no thread is started.
  const [path] = await writtenAs(
    345_000,
    { large: "compression uncompressed, row_group_size 30720" },
    "us, r, su, d",
  );
  const columns = ["us", "r", "su", "d"];
  const alone = await collectFrame(await parquetSource(path!, { threads: 1 }), { columns });
  const source = await parquetSource(path!, { threads: 3 });
  expect(frameDifference(await collectFrame(source, { columns }), alone, { storage: true })).toBeUndefined();
  for (const passing of [false, true]) {
    const pieces: Frame[] = [];
    for await (const piece of source.read(columns, { passing }))
      pieces.push(
        passing
          ? takeRows(
              piece,
              Int32Array.from({ length: piece.rows }, (_, row) => row),
            )
          : piece,
      );
    expect(frameDifference(concatFrames(pieces), alone, { storage: true })).toBeUndefined();
    // A quarter of the bytes, in whole groups, comes before what other threads read.
    const head = [61_440, ...Array.from({ length: 4 }, () => 65_536)];
    expect(pieces.map(({ rows }) => rows)).toEqual([...head, 345_000 - 61_440 - 4 * 65_536]);
  }
  for await (const piece of source.read(columns)) {
    expect(piece.rows).toBe(61_440);
    break;
  }
  const { chunks } = (await planFiles([path!]))!.columns.find((one) => one?.schema.name === "r")!.plan;
  const bytes = readFileSync(path!);
  bytes.fill(255, chunks.at(-1)!.start, chunks.at(-1)!.start + 64);
  writeFileSync(path!, bytes);
  for (const threads of [1, 3])
    await expect(collectFrame(await parquetSource(path!, { threads }), { columns })).rejects.toThrow(
      /large\.parquet.*column "r".*DATA_MALFORMED/su,
    );
});
