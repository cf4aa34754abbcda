import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  collectFrame,
  concatFrames,
  frameDifference,
  frameOf,
  type Frame,
  type FrameSource,
} from "@tideline/learn/frame";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { nodeColumnThreads } from "../column-threads.ts";
import { parquetSource } from "../parquet-source.ts";
import { writeParquet } from "../write-parquet.ts";
import { planFiles } from "./parquet-plan.ts";

/** Numbers that no codec makes fewer, of 17 MB: of fewer no thread is asked. */
const ROWS = 800_000;

async function piecesOf(source: FrameSource): Promise<readonly Frame[]> {
  const pieces: Frame[] = [];
  for await (const piece of source.read()) pieces.push(piece);
  return pieces;
}

test("threads that are there read, again after they were left or found damage, and are missed where they ended", async () => {
  const path = join(temporaryFolder(onTestFinished), "large.parquet");
  mkdirSync(join(path, ".."), { recursive: true });
  const sines = (step: number) => Float64Array.from({ length: ROWS }, (_, row) => Math.sin(step * row));
  const texts = Array.from({ length: ROWS }, (_, row) => (row % 11 === 0 ? null : `t${row % 1300}`));
  await writeParquet(path, frameOf({ a: sines(1), b: sines(2), c: texts, d: sines(3) }));
  const alone = await collectFrame(await parquetSource(path, { threads: 1 }));
  const crew = nodeColumnThreads(3);
  onTestFinished(() => crew.release());
  const source = await parquetSource(path, { crew, shared: true });
  for (let time = 0; time < 2; time++) {
    for await (const piece of source.read()) {
      expect(piece.rows).toBe(65_536);
      break;
    }
  }
  // Two readings at a time.
  const both = await Promise.all([collectFrame(source), piecesOf(source).then(concatFrames)]);
  for (const one of both) expect(frameDifference(one, alone, { storage: true })).toBeUndefined();
  const released = nodeColumnThreads(2);
  await released.release();
  await expect(piecesOf(await parquetSource(path, { crew: released }))).rejects.toThrow(/UNAVAILABLE/);
  const { chunks } = (await planFiles([path]))!.columns.find((one) => one?.schema.name === "b")!.plan;
  const bytes = readFileSync(path);
  bytes.fill(255, chunks.at(-1)!.start, chunks.at(-1)!.start + 64);
  writeFileSync(path, bytes);
  for (const read of [piecesOf, collectFrame])
    await expect(read(source)).rejects.toThrow(/column "b".*DATA_MALFORMED/su);
  const columns = ["a", "c", "d"];
  const { rows } = await collectFrame(source, { columns });
  expect(rows).toBe(ROWS);
});
