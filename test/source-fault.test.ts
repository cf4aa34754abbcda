import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { faultySources } from "./parity/source-faults.ts";
import { runTypeScript } from "./source/run-source.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-source-fault-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("TypeScript with swapped axes or columns counted from one does not pass its self-test", async () => {
  for (const { name, isFaulty, files } of await faultySources({ language: "typescript" }))
    expect([name, (await runTypeScript(files, work, name)).length > 0]).toEqual([name, isFaulty]);
});
