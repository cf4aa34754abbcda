import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceVectors, writeSource } from "@tideline/graph";
import { featureHashSource } from "@tideline/learn/transform";
import { expect, test } from "vitest";
import { hasMaven, isRequired } from "./native-kotlin/build.ts";
import { everyTransform, rangesOf } from "./source/every-transform.ts";
import { hostile, nasty } from "./source/hostile-graph.ts";
import { runKotlin } from "./source/run-kotlin.ts";

const MAIN = `package com.example.source

public fun main() {
    println("every: \${EveryTransformCheck.run()}")
    println("hostile: \${HostileCheck.run()}")
    println("hash: \${FeatureHash.check()}")
}
`;

test.skipIf(!hasMaven && !isRequired)(
  "Kotlin of every transform agrees with the graph, hashes too",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tideline-source-kotlin-"));
    try {
      const { model, dictionaries } = everyTransform();
      const all = { language: "kotlin", package: "com.example.source" } as const;
      const every = sourceVectors(model, { seed: 2, count: 10, dictionaries, ranges: rangesOf(model) });
      const rows = sourceVectors(hostile(), { seed: 3, count: 60, dictionaries: nasty });
      const hash = featureHashSource({ language: "kotlin", nFeatures: 64 });
      const files = [
        ...writeSource(model, { ...all, name: "EveryTransform", dictionaries, vectors: every }).files,
        ...writeSource(hostile(), { ...all, name: "Hostile", dictionaries: nasty, vectors: rows }).files,
        { path: "FeatureHash.kt", text: hash.replace("\n\n", "\n\npackage com.example.source\n\n") },
        { path: "Main.kt", text: MAIN },
      ];
      expect(files).toHaveLength(6);
      const printed = await runKotlin(files, folder, "com.example.source.MainKt");
      expect(printed.trim().split("\n")).toEqual(["every: 0", "hostile: 0", "hash: true"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
