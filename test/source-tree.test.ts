import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVectors, writeSource } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { forestGraph } from "./source/forest-graph.ts";
import { hasGcc, runC, runTypeScript } from "./source/run-source.ts";
import { TREE_CASES } from "./source/tree-case.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-source-tree-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test.each(Object.entries(TREE_CASES))(
  "%s agrees with the graph in TypeScript, two of them in C",
  async (name, of) => {
    const model = forestGraph(of);
    const vectors = sourceVectors(model, { seed: 5, count: 60 });
    const all = { name, vectors } as const;
    const { files } = writeSource(model, { ...all, language: "typescript" });
    expect(await runTypeScript(files, work, name)).toEqual([]);
    const isShort = name === "SumOfTwo" || name === "FourShares";
    if (hasGcc && isShort)
      expect(runC(writeSource(model, { ...all, language: "c" }).files, work)).toEqual(["0 differ"]);
  },
);

test.each([
  ["a comparison", "x <= bound", "x < bound"],
  ["a child", "c2[node]! : c3[node]!", "c3[node]! : c2[node]!"],
  ["a column", "x0[c0[node]!]!", "x0[(c0[node]! + 1) % 4]!"],
])("%s that is wrong is caught by the vectors", async (_, right, wrong) => {
  const model = forestGraph(TREE_CASES["ThreeScores"]!);
  const vectors = sourceVectors(model, { seed: 5, count: 60 });
  const name = `Wrong${right.length}`;
  const { files } = writeSource(model, { language: "typescript", name, vectors });
  const damaged = files.map(({ path, text }) => ({ path, text: text.replace(right, wrong) }));
  expect(damaged).not.toEqual(files);
  expect(await runTypeScript(damaged, work, name)).not.toEqual([]);
});
