import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ARTIFACT_KINDS } from "@tideline/pipeline";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../packages/pipeline/src/catalog/testing/temporary-folder.ts";

const run = promisify(execFile);

/** Digests of every file, made in a process of its own, in another place on earth. */
async function digests(zone: string, language: string): Promise<Readonly<Record<string, string>>> {
  const script = join(import.meta.dirname, "parity/digest-process.ts");
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, TZ: zone, LC_ALL: language, TMPDIR: folder };
  const { stdout } = await run(process.execPath, [script], { env });
  return JSON.parse(stdout) as Record<string, string>;
}

test("every kind of file and source has the same bytes from two processes", async () => {
  const here = await digests("Asia/Kolkata", "C");
  const there = await digests("America/Los_Angeles", "tr_TR.UTF-8");
  const kinds = new Set(Object.keys(here).map((name) => name.split(" ")[1]));
  for (const kind of [...Object.keys(ARTIFACT_KINDS), "c", "kotlin", "swift", "typescript"])
    expect(kinds).toContain(kind);
  expect(there).toEqual(here);
});
