import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the command starts and hands words on to the program", () => {
  const start = (...words: readonly string[]) =>
    execFileSync(process.execPath, [join(import.meta.dirname, "tideline.js"), ...words], {
      encoding: "utf8",
    });
  expect(start("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
});
