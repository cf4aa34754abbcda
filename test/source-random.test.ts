import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVectors, writeSource } from "@tideline/graph";
import { afterAll, expect, test } from "vitest";
import { randomGraph } from "./source/random-graph.ts";
import { hasGcc, runC, runTypeScript } from "./source/run-source.ts";
import { vectorsOfTypeScript } from "./source/typescript-vector.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-source-random-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test.skipIf(!hasGcc).each([
  ["exact", 0],
  ["smooth", 1e-6],
] as const)(
  "random chains, %s: TypeScript agrees with the graph, and C with TypeScript to %d",
  async (kind, tolerance) => {
    const model = randomGraph(1, kind);
    const vectors = sourceVectors(model, { seed: 11, count: 40 });
    const name = `Random${kind}`;
    const typescript = writeSource(model, { language: "typescript", name, vectors });
    expect(await runTypeScript(typescript.files, work, name)).toEqual([]);
    const made = await vectorsOfTypeScript(typescript.files, work, vectors);
    const c = writeSource(model, { language: "c", name, vectors: { ...made, tolerance } });
    expect(runC(c.files, work)).toEqual(["0 differ"]);
  },
);
