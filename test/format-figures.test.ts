import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FormatResult } from "../bench/formats/compare.ts";
import { figurePlace, withFigures } from "../bench/formats/figures.ts";

const run = { load: undefined, writer: "tideline", runtime: "LiteRT", artifact: "tflite" };
const result = {
  node: "v24",
  cpu: "a processor",
  rounds: 9,
  runsEach: 100,
  case: "net",
  bytes: { tflite: 1000, "tensorflow float32": 2000, "tensorflow by matrices float32": 4000, table: 7 },
  runs: [
    { ...run, quietUs: 3 },
    { ...run, writer: "tensorflow", quietUs: 4 },
    { ...run, writer: "onnx2tf", quietUs: 1, otherAnswers: true },
  ],
  versions: { onnx: "1.2" },
} as unknown as FormatResult;

const page = readFileSync(join(import.meta.dirname, "../docs/formats.md"), "utf8");
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| net "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test("figures replace those of the page, ours over each other writer's of the same answers", () => {
  const made = withFigures(page, [result]);
  expect(rowsOf(made)).toEqual([
    ["net", "tflite", "1,000", "2,000 (0.500)", "4,000 (0.250)"],
    ["net", "table", "7", "", ""],
    ["net", "tflite", "LiteRT", "3.0", "4.0 (0.750)"],
  ]);
  const { from, to } = figurePlace(page);
  expect(made.startsWith(page.slice(0, from)) && made.endsWith(page.slice(to))).toBe(true);
  expect(withFigures(made, [result])).toBe(made);
});

test("a page without a place for figures is refused", () => {
  expect(() => withFigures("# Formats\n", [result])).toThrow(RangeError);
});

test("a page takes no part of the figures", () => {
  const main = join(import.meta.dirname, "../bench/main.ts");
  const flags = ["formats", "--page", "nowhere.md", "--case", "har-conv1d"];
  expect(() => execFileSync(process.execPath, [main, ...flags], { stdio: "pipe" })).toThrow("all cases");
});
