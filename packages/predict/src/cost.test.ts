import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hostileTables, mostBytes } from "../../../test/table/hostile-table.ts";
import { legalTable } from "../../../test/table/malformed-table.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-cost-"));
afterAll(() => rmSync(folder, { recursive: true }));

const script = join(import.meta.dirname, "../../../test/table/load-cost.ts");

/** Garbage that the engine has not yet collected, and its code. */
const SLACK = 2 ** 23;

// Only Linux says how much memory a process had at its worst.
describe.skipIf(process.platform !== "linux")("a table that asks for as much as it may", () => {
  const small = join(folder, "small.tlm");
  writeFileSync(small, legalTable());

  test.each(hostileTables().map((table) => [table.name, table] as const))("%s", (name, table) => {
    const path = join(folder, `${name}.tlm`);
    writeFileSync(path, table.bytes);
    const flags = ["--expose-gc", "--max-semi-space-size=1", script, path, small];
    const said = execFileSync(process.execPath, flags, { encoding: "utf8" });
    const { code, bytes } = JSON.parse(said) as { code: string; bytes: number };
    expect(code).toBe(table.isLegal ? "OK" : "MODEL_MALFORMED");
    expect(bytes).toBeLessThan(mostBytes(table, SLACK));
  });
});
