import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const START = join(import.meta.dirname, "tideline.js");

test("the command starts and hands words on to the program", () => {
  const start = (...words: readonly string[]) =>
    execFileSync(process.execPath, [START, ...words], { encoding: "utf8" });
  expect(start("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("a Node that reads no TypeScript is told which one does", () => {
  const old =
    "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--no-experimental-strip-types", "--import", old, START],
    { encoding: "utf8" },
  );
  expect(stderr).toMatch(/^tideline: Node: expected 24 or newer, received 20\.1\.0\..*CONFIG_MALFORMED\]\n$/);
  expect(status).toBe(78);
});
