import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { dataFolder } from "../example-option.ts";

/** What an example prints with `--json`, as far as a test reads it. */
type Figures = Readonly<Partial<Record<Measured["measure"], readonly number[]>>> & {
  readonly mean: number;
  readonly threshold: number;
};

/** Where examples and their audit stand, and what they are judged by. */
interface Measured {
  readonly examples: string;
  readonly audit: string;
  readonly measure: "accuracies" | "aurocs";
}

const NETS: Measured = {
  examples: "examples/nets",
  audit: "scripts/audit-nets.py",
  measure: "accuracies",
};

const root = join(import.meta.dirname, "../../..");
const required = process.env["TIDELINE_REQUIRE"]?.split(",") ?? [];
const runtimes = ["import numpy, onnxruntime", "import numpy, onnx"];
const python = runtimes.some((program) => spawnSync("python3", ["-c", program]).status === 0);

/**
 * Trains an example as its command line does and wants its threshold; then recomputes each figure by
 * the audit from the data set's own files. Without data it is skipped, unless TIDELINE_REQUIRE lists
 * `data`.
 */
export function trained(name: string, dataset: string, measured: Partial<Measured> = {}): void {
  const { examples, audit: program, measure } = { ...NETS, ...measured };
  const data = dataFolder(dataset);
  const out = mkdtempSync(join(tmpdir(), "tideline-example-"));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  let figures: Figures | undefined;

  describe.skipIf(!existsSync(data) && !required.includes("data"))(name, () => {
    test("reaches its threshold", () => {
      const options = ["--data", data, "--json", "--out", out];
      const run = spawnSync(process.execPath, [join(root, examples, `${name}.ts`), ...options], {
        encoding: "utf8",
      });
      expect(run.stderr).toBe("");
      figures = JSON.parse(run.stdout.trim().split("\n").at(-1)!) as Figures;
      console.log(run.stdout.trim());
      expect(figures.mean).toBeGreaterThanOrEqual(figures.threshold);
      expect(run.status).toBe(0);
    });

    test.skipIf(!python && !required.includes("python"))("is confirmed without our code", () => {
      const script = join(root, program);
      const audit = spawnSync("python3", [script, out, "--data", join(data, ".."), "--only", name], {
        encoding: "utf8",
      });
      expect(audit.stderr).toBe("");
      expect(audit.status).toBe(0);
      const found = JSON.parse(audit.stdout) as Figures;
      const claimed = figures![measure]!;
      expect(claimed.length).toBeGreaterThan(0);
      expect(found[measure]).toHaveLength(claimed.length);
      for (const [at, figure] of claimed.entries()) expect(found[measure]![at]).toBeCloseTo(figure, 9);
    });
  });
}
