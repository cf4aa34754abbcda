import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";

const MAIN = join(import.meta.dirname, "../main.ts");
const HEAD = `import { prepare, table } from "@tideline/pipeline/prepare";
const plain = { name: "x", source: table("t.csv"), steps: [] };
`;

/** Definitions that are none, with what is said of them. */
const HOSTILE: Readonly<Record<string, readonly [code: string, status: number, said: RegExp]>> = {
  "process.exit(0);": ["CONFIG_MALFORMED", 78, /one that ends the process/u],
  "await new Promise(() => undefined);": ["CONFIG_MALFORMED", 78, /waits for what never comes/u],
  "throw null;": ["CONFIG_MALFORMED", 78, /received null/u],
  "export const preparation = Promise.resolve(prepare(plain));": [
    "CONFIG_MALFORMED",
    78,
    /received a promise/u,
  ],
  "export const preparation = { ...prepare(plain), steps: 3 };": [
    "DEFINITION_ILLEGAL",
    78,
    /steps: .*received number/u,
  ],
  'export const preparation = { kind: "preparation" };': ["ARGUMENT_INVALID", 64, /name: /u],
  "export const preparation = prepare({ ...plain, label: 5 });": ["DEFINITION_ILLEGAL", 78, /label: /u],
  'export const preparation = prepare({ ...plain, label: "bougt" });': [
    "ARGUMENT_INVALID",
    64,
    /Is bought meant\?/u,
  ],
  "export const preparation = prepare({ ...plain, source: table(5) });": [
    "ARGUMENT_INVALID",
    64,
    /paths: .*received number/u,
  ],
  'export const preparation = prepare({ ...plain, source: table("t.csv", { missing: 5 }) });': [
    "ARGUMENT_INVALID",
    64,
    /missing: expected a list of texts/u,
  ],
  'export const preparation = prepare({ ...plain, source: table("none.csv") });': [
    "DATA_NOT_FOUND",
    66,
    /nothing of that name\. A path counts/u,
  ],
  'setTimeout(() => { throw new Error("late"); }); await new Promise((done) => setTimeout(done, 500));': [
    "INTERNAL",
    70,
    /late/u,
  ],
};

test("definitions that end the process, wait, throw, or are of other types end in one sentence and its status", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tideline-definition-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(import.meta.dirname, "../../../../node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "t.csv"), "age,bought\n1,2\n3,4\n");
  const run = async ([code, [error, status, said]]: (typeof cases)[number], at: number) => {
    writeFileSync(join(folder, `d${at}.mts`), HEAD + code);
    const child = spawn(process.execPath, [MAIN, "prepare", `d${at}.mts`, "--out", `out${at}`], {
      cwd: folder,
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const line = (await text(child.stderr)).trim().split("\n").at(-1)!;
    expect(line, code).toMatch(new RegExp(`${said.source}.*\\[${error}\\]$`, "u"));
    expect(await ended, code).toBe(status);
    expect(existsSync(join(folder, `out${at}`, "prepared/x/latest.json"))).toBe(false);
  };
  const cases = Object.entries(HOSTILE);
  for (const [at, one] of cases.entries()) await run(one, at);
}, 60_000);
