import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSource } from "@tideline/graph";
import { expect, test } from "vitest";
import { longCases } from "./source/long-case.ts";
import { hasGcc, runC } from "./source/run-source.ts";

const isRequired = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("gcc");

test.skipIf(!hasGcc && !isRequired)(
  "C of every transform, of trees, texts and random chains agrees with the graph",
  async () => {
    for (const { model, options } of await longCases()) {
      const folder = mkdtempSync(join(tmpdir(), "tideline-source-c-"));
      try {
        const { files } = writeSource(model, { ...options, language: "c" });
        expect([options.name, ...runC(files, folder)]).toEqual([options.name, "0 differ"]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  },
);
