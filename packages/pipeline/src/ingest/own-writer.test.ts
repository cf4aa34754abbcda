import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readOwnerFile } from "../catalog/owner-file.ts";
import { ownFolder } from "../catalog/owner.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { ownWriter } from "./own-writer.ts";

const command = "test";

test("each name has one process at a time, each process a greater epoch; the folder's owner is no hindrance", async () => {
  const folder = join(temporaryFolder(onTestFinished), "gym");
  const first = await ownWriter(folder, "a", { command });
  const owner = await ownFolder(folder, { command });
  const other = await ownWriter(folder, "b", { command });
  expect([first.epoch, other.epoch]).toEqual([1, 1]);
  await expect(ownWriter(folder, "a", { command })).rejects.toThrow(
    new RegExp(`--writer a: .*process ${process.pid} \\(test\\).*FOLDER_OWNED`),
  );
  await first.announce("http://127.0.0.1:1");
  expect((await readOwnerFile(join(folder, "log-a", "owner.json")))?.addresses.collect).toBe(
    "http://127.0.0.1:1",
  );
  first.release();
  const second = await ownWriter(folder, "a", { command });
  expect(second.epoch).toBe(2);
  for (const held of [second, other, owner]) held.release();
});

test("a folder of somebody else is left alone", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "thesis.txt"), "");
  await expect(ownWriter(folder, "a", { command })).rejects.toThrow(/FOLDER_INVALID/);
});
