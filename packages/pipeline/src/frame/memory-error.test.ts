import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { collectFrame } from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { csvSource } from "./csv-source.ts";

test("a table too wide for the memory is an error that says how to go on, and is read with more of it", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "wide.csv");
  const columns = Array.from({ length: 1000 }, (_, at) => at);
  writeFileSync(path, `${columns.map((at) => `c${at}`).join(",")}\n${columns.join(",")}\n`);
  const read = async (memory: number) => collectFrame(await csvSource(path, { memory }));
  await expect(read(64)).rejects.toThrow(/wide\.csv.*memory.*64\.0 MiB.*--memory.*ARGUMENT_INVALID/su);
  expect((await read(512)).columns.length).toBe(1000);
});
