import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the command starts, says what it is, and hands words on to the program", () => {
  const folder = mkdtempSync(join(tmpdir(), "tideline-start-"));
  const run = (words: readonly string[]) =>
    execFileSync(process.execPath, [join(import.meta.dirname, "tideline.js"), ...words], {
      cwd: folder,
      encoding: "utf8",
    });
  expect(run(["--version"])).toMatch(/^\d+\.\d+\.\d+\n$/);
  rmSync(folder, { recursive: true });
});
