import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVectors, writeSource } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { hasMaven, isRequired } from "./native-kotlin/build.ts";
import { faultySources } from "./parity/source-faults.ts";
import { randomGraph } from "./source/random-graph.ts";
import { runKotlin } from "./source/run-kotlin.ts";
import { hasGcc, runC, runTypeScript } from "./source/run-source.ts";
import { hasSwift, needsSwift, runSwift } from "./source/run-swift.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-source-fault-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

// The seed is one whose chain has no question with one answer only (whether what is never NaN is NaN): faults there change nothing.
test("each of 39 faults that are put in is caught by the vectors", async () => {
  const model = randomGraph(4, "exact");
  const name = "Faulty";
  const vectors = sourceVectors(model, { seed: 12, count: 60 });
  const { files } = writeSource(model, { language: "typescript", name, vectors });
  const source = files[0]!.text;
  const body = source.indexOf("export function");
  const swaps: Readonly<Record<string, string>> = {
    " + ": " - ",
    " * ": " + ",
    " < ": " >= ",
    " - ": " + ",
    "[i1]": "[2 - i1]",
  };
  const faults = Object.entries(swaps).flatMap(([right, wrong]) =>
    Array.from(source.matchAll(new RegExp(right.replaceAll(/[[\]+*]/g, "\\$&"), "g")), ({ index }) => ({
      right,
      wrong,
      index,
    })).filter(({ index }) => index > body && !source.slice(index, index + 12).startsWith(" < 3;")),
  );
  const chosen = faults.filter((_, at) => at % Math.ceil(faults.length / 40) === 0);
  expect(chosen).toHaveLength(39);
  const missed: string[] = [];
  for (const [at, { right, wrong, index }] of chosen.entries()) {
    const text = source.slice(0, index) + wrong + source.slice(index + right.length);
    const own = [
      { path: `fault${at}.ts`, text },
      { path: `fault${at}-check.ts`, text: files[1]!.text.replaceAll("./faulty.ts", `./fault${at}.ts`) },
    ];
    if ((await runTypeScript(own, work, name)).length === 0)
      missed.push(source.slice(index - 60, index + 20));
  }
  expect(missed).toEqual([]);
});

const PACKAGE = "com.example.fault";

test.skipIf(!hasGcc)(
  "C with swapped axes or columns counted from one does not pass its self-test",
  async () => {
    for (const { name, isFaulty, files } of await faultySources({ language: "c" })) {
      // The count of what differs comes last.
      const last = runC(files, work).at(-1)!;
      expect([name, Number(/\d+/.exec(last)![0]) > 0]).toEqual([name, isFaulty]);
    }
  },
);

test.skipIf(!hasMaven && !isRequired)("nor does Kotlin", async () => {
  const sources = await faultySources({ language: "kotlin", package: PACKAGE });
  const lines = sources.map(({ name }) => `    println("${name}: \${${name}Check.run()}")`);
  const main = `package ${PACKAGE}\n\npublic fun main() {\n${lines.join("\n")}\n}\n`;
  const files = [...sources.flatMap((one) => one.files), { path: "Main.kt", text: main }];
  const printed = (await runKotlin(files, work, `${PACKAGE}.MainKt`)).trim().split("\n");
  // Before each count come the differences themselves.
  const counts = printed.filter((line) => sources.some(({ name }) => line.startsWith(`${name}: `)));
  const found = counts.map((line) => [line.split(":")[0], !line.endsWith(": 0")]);
  expect(found).toEqual(sources.map(({ name, isFaulty }) => [name, isFaulty]));
});

test.skipIf(!hasSwift && !needsSwift)("nor does Swift", async () => {
  const sources = await faultySources({ language: "swift" });
  const main = sources.map(({ name }) => `print("${name}: \\(${name}Check.differences())")`).join("\n");
  const files = [...sources.flatMap((one) => one.files), { path: "main.swift", text: `${main}\n` }];
  const found = (await runSwift(files, work)).map((line) => [line.split(":")[0], !line.endsWith(": []")]);
  expect(found).toEqual(sources.map(({ name, isFaulty }) => [name, isFaulty]));
});
