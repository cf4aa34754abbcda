import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSource } from "@tideline/graph";
import { featureHashSource } from "@tideline/learn/transform";
import { expect, test } from "vitest";
import { hasMaven, isRequired } from "./native-kotlin/build.ts";
import { longCases } from "./source/long-case.ts";
import { runKotlin } from "./source/run-kotlin.ts";

const PACKAGE = "com.example.source";

test.skipIf(!hasMaven && !isRequired)(
  "Kotlin of every transform, of trees, texts and random chains agrees with the graph, hashes too",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tideline-source-kotlin-"));
    try {
      const cases = await longCases();
      const names = cases.map(({ options }) => options.name);
      const main = `package ${PACKAGE}

public fun main() {
${names.map((name) => `    println("${name}: \${${name}Check.run()}")`).join("\n")}
    println("hash: \${FeatureHash.check()}")
}
`;
      const hash = featureHashSource({ language: "kotlin", nFeatures: 64 });
      const files = [
        ...cases.flatMap(
          ({ model, options }) =>
            writeSource(model, { ...options, language: "kotlin", package: PACKAGE }).files,
        ),
        { path: "FeatureHash.kt", text: hash.replace("\n\n", `\n\npackage ${PACKAGE}\n\n`) },
        { path: "Main.kt", text: main },
      ];
      expect(files).toHaveLength(2 * names.length + 2);
      const printed = await runKotlin(files, folder, `${PACKAGE}.MainKt`);
      expect(printed.trim().split("\n")).toEqual([...names.map((name) => `${name}: 0`), "hash: true"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
