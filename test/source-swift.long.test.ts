import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVectors, writeSource } from "@tideline/graph";
import { featureHashSource } from "@tideline/learn/transform";
import { expect, test } from "vitest";
import { everyTransform, rangesOf } from "./source/every-transform.ts";
import { hostile, nasty } from "./source/hostile-graph.ts";
import { hasSwift, needsSwift, runSwift } from "./source/run-swift.ts";

const MAIN = `for difference in EveryTransformCheck.differences() + HostileCheck.differences() { print(difference) }
print("hash: \\(FeatureHash.check())")
`;

test.skipIf(!hasSwift && !needsSwift)(
  "Swift of every transform compiles without a warning and agrees with the graph, hashes too",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tideline-source-swift-"));
    try {
      const { model, dictionaries } = everyTransform();
      const every = sourceVectors(model, { seed: 2, count: 10, dictionaries, ranges: rangesOf(model) });
      const rows = sourceVectors(hostile(), { seed: 3, count: 60, dictionaries: nasty });
      const files = [
        ...writeSource(model, { language: "swift", name: "EveryTransform", dictionaries, vectors: every })
          .files,
        ...writeSource(hostile(), { language: "swift", name: "Hostile", dictionaries: nasty, vectors: rows })
          .files,
        { path: "FeatureHash.swift", text: featureHashSource({ language: "swift", nFeatures: 64 }) },
        { path: "main.swift", text: MAIN },
      ];
      expect(await runSwift(files, folder)).toEqual(["hash: true"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
