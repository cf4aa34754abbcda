import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnnx, writeOnnx, type OnnxModel } from "@tideline/graph";
import {
  accuracyScore,
  compressionReport,
  compressionText,
  mixedPrecision,
  quantise,
  quantiseWeights,
  type Rows,
} from "@tideline/graph/compress";
import { onnxruntimeNode as runtime } from "@tideline/pipeline";
import { afterAll, describe, expect, test } from "vitest";
import { dataFolder } from "../examples/nets/example-option.ts";
import { harWindows, type HarWindows } from "../examples/nets/har-window.ts";

const root = join(import.meta.dirname, "..");
const data = dataFolder("uci-har");
const required = process.env["TIDELINE_REQUIRE"]?.split(",") ?? [];
const out = mkdtempSync(join(tmpdir(), "tideline-compress-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const WINDOW = 128 * 6;

/** Some windows in batches, with their labels. */
function batches({ X, y }: HarWindows, places: readonly number[]): { rows: readonly Rows[]; y: Int32Array } {
  const rows = Array.from({ length: Math.ceil(places.length / 64) }, (_, batch) => {
    const some = places.slice(batch * 64, (batch + 1) * 64);
    const values = new Float32Array(some.length * WINDOW);
    for (const [to, at] of some.entries())
      values.set(X.values.subarray(at * WINDOW, (at + 1) * WINDOW), to * WINDOW);
    return { x: { dims: [some.length, 128, 6], values } };
  });
  return { rows, y: Int32Array.from(places, (at) => y[at]!) };
}

const everyOf = (count: number, step: number, from = 0): readonly number[] =>
  Array.from({ length: Math.floor((count - from - 1) / step) + 1 }, (_, at) => from + at * step);

describe.skipIf(!existsSync(data) && !required.includes("data"))("the conv net of UCI HAR", () => {
  test("stays within a point of accuracy, with a gate and without one, at less than 0.3 of the bytes", async () => {
    const options = ["--data", data, "--seeds", "2", "--json", "--out", out];
    const run = spawnSync(process.execPath, [join(root, "examples/nets/har-conv1d.ts"), ...options], {
      encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    const [train, held] = [await harWindows(data, "train"), await harWindows(data, "test")];
    const calibration = { runtime, rows: batches(train, everyOf(train.y.length, 14)).rows };
    const judge = batches(train, everyOf(train.y.length, 3, 1));
    const people = batches(held, everyOf(held.y.length, 1));
    const trial = { runtime, rows: people.rows, score: accuracyScore("probabilities", people.y) };
    for (const seed of [1, 2]) {
      const model: OnnxModel = readOnnx(readFileSync(join(out, `har-conv1d-seed-${seed}.onnx`)));
      expect(writeOnnx(model).length).toBeGreaterThan(100_000);
      const mixed = await mixedPrecision(model, {
        calibration,
        trial: { runtime, rows: judge.rows, score: accuracyScore("probabilities", judge.y) },
      });
      const report = await compressionReport(
        model,
        [
          { name: "int8", ...(await quantise(model, { calibration })) },
          { name: "int8-weights", ...(await quantiseWeights(model, { bits: 8, calibration })) },
          { name: "mixed", ...mixed },
        ],
        { trial, timed: people.rows[0]! },
      );
      console.log(compressionText(report));
      const [before, ...forms] = report.entries;
      for (const { name, score, share } of forms) {
        expect(score, `${name} of seed ${seed}`).toBeGreaterThanOrEqual(before!.score - 0.01);
        expect(share, `${name} of seed ${seed}`).toBeLessThan(0.3);
      }
    }
  });
});
