import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSource } from "@tideline/graph";
import { featureHashSource } from "@tideline/learn/transform";
import { expect, test } from "vitest";
import { longCases } from "./source/long-case.ts";
import { hasSwift, needsSwift, runSwift } from "./source/run-swift.ts";

test.skipIf(!hasSwift && !needsSwift)(
  "Swift of every transform, of trees, texts and random chains compiles without a warning and agrees with the graph, hashes too",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tideline-source-swift-"));
    try {
      const cases = await longCases();
      const names = cases.map(({ options }) => options.name);
      const main = [
        ...names.map((name) => `print("${name}: \\(${name}Check.differences())")`),
        'print("hash: \\(FeatureHash.check())")\n',
      ].join("\n");
      const files = [
        ...cases.flatMap(({ model, options }) => writeSource(model, { ...options, language: "swift" }).files),
        { path: "FeatureHash.swift", text: featureHashSource({ language: "swift", nFeatures: 64 }) },
        { path: "main.swift", text: main },
      ];
      expect(files).toHaveLength(2 * names.length + 2);
      expect(await runSwift(files, folder)).toEqual([...names.map((name) => `${name}: []`), "hash: true"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
