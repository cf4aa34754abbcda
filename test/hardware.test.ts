import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hardwareText } from "../scripts/hardware.ts";
import { UNTRIED } from "../scripts/hardware/area.ts";

const ROOT = join(import.meta.dirname, "..");
const rows = UNTRIED.flatMap((area) => area.rows);

test("the page of what has never run on real hardware is current", () => {
  expect(readFileSync(join(ROOT, "docs", "hardware.md"), "utf8")).toBe(hardwareText());
});

test("each row says what, what instead and what would prove it, once", () => {
  for (const row of rows) for (const text of Object.values(row)) expect(text.trim()).toBe(text);
  expect(rows.every(({ feature, instead, proof }) => feature !== "" && instead !== "" && proof !== "")).toBe(
    true,
  );
  expect(new Set(rows.map(({ feature }) => feature)).size).toBe(rows.length);
});

test("paths that a row names are there", () => {
  const paths = rows.flatMap((row) =>
    [
      ...Object.values(row)
        .join(" ")
        .matchAll(/`((?:packages|apps|native|scripts|vectors)\/[^`]+)`/g),
    ].map(([, path]) => path!),
  );
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
