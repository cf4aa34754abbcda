import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { prepareCommand } from "./prepare.ts";

// Beside the code, so that a definition finds the packages.
const folder = mkdtempSync(join(import.meta.dirname, ".prepare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

function definition(name: string, body: string): string {
  writeFileSync(
    at(name),
    `import { checks, range } from "@tideline/learn/check";
import { standardScaler } from "@tideline/learn/transform";
import { prepare, table } from "@tideline/pipeline/prepare";
${body}\n`,
  );
  return at(name);
}

test("a definition is planned, run, and there the next time; the text says what happened and why", async () => {
  writeFileSync(
    at("a.csv"),
    `x\u001b[2J,y\n${Array.from({ length: 50 }, (_, row) => `${row},${row % 2}`).join("\n")}\n`,
  );
  const file = definition(
    "good.ts",
    `export const preparation = prepare({ name: "good", source: table(new URL("a.csv", import.meta.url)),
  checks: checks({ columns: { "x\\u001b[2J": [range(0, 47, { severity: "quarantine" })] }, rows: [] }),
  steps: [standardScaler({ columns: ["y"] })] });`,
  );
  const out = at("out");
  const plan = await prepareCommand(file, { out, plan: true });
  expect(plan.text).toMatch(/^step .*\nread +runs\ncheck source +runs, unless/u);
  expect(readdirSync(folder)).not.toContain("out");
  const told: string[] = [];
  const first = await prepareCommand(file, { out }, (line) => told.push(line));
  expect(first.text).toMatch(/check source +50 +48 +\d+\.\d +ran +x�\[2J: range \(2\)/u);
  expect(first.text).toMatch(/written: \w{12} in .*\n +train\.parquet 48 rows\n +quarantine\.jsonl 2 rows/u);
  expect(told).toContainEqual(
    expect.stringMatching(/^check source: \d+\.\d s, 50 -> 48 rows: x�\[2J: range \(2\)$/u),
  );
  const again = await prepareCommand(file, { out });
  expect(again.value).toMatchObject({ unchanged: true, manifest: { parts: { train: { rows: 48 } } } });
  expect(again.text).toMatch(/step 0 standardScaler +48 +48 +- +there/u);
  const planned = await prepareCommand(file, { out, plan: true });
  expect((planned.value as { readonly plan: readonly object[] }).plan).toEqual(
    ["read", "check source", "step 0 standardScaler", "write train", "chain"].map((name) => ({
      name,
      state: "hit",
    })),
  );
});

test("what is no definition is an error with its code and a remedy", async () => {
  const code = (path: string, flags = {}) =>
    prepareCommand(path, flags).then(
      () => "none",
      (error: { readonly code?: string }) => error.code,
    );
  expect(await code(at("no.ts"))).toBe("DATA_NOT_FOUND");
  expect(await code(definition("empty.ts", ""))).toBe("CONFIG_MALFORMED");
  expect(await code(definition("broken.ts", "export const = ;"))).toBe("CONFIG_MALFORMED");
  const of = (steps: string) =>
    `export const preparation = prepare({ name: "x", source: table("no.csv"), steps: ${steps} });`;
  expect(await code(definition("bare.ts", of("[{}]")))).toBe("DEFINITION_ILLEGAL");
  expect(await code(definition("absent.ts", of("[]")), { out: at("absent") })).toBe("DATA_NOT_FOUND");
  expect(await code(at("absent.ts"), { memory: "lots" })).toBe("ARGUMENT_INVALID");
  mkdirSync(at("strange"));
  writeFileSync(at("strange/thesis.doc"), "");
  expect(await code(at("absent.ts"), { out: at("strange") })).toBe("FOLDER_INVALID");
});
