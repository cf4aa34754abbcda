import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Result {
  readonly case: string;
  readonly bytes: Readonly<Record<string, number>>;
  readonly runs: readonly { readonly writer: string; readonly artifact: string; readonly medianUs: number }[];
  readonly ratios: readonly {
    readonly peer: string;
    readonly precision: string;
    readonly runtime?: string;
    readonly bytes?: number;
  }[];
}

const MINUTES = 10;

/** Files of another converter may be smaller by this much; the bench says so too. */
const LARGEST = 1.02;

test(
  "the bench of formats writes and runs every kind, and no file is larger than another converter's of the same precision",
  { timeout: MINUTES * 60_000 },
  () => {
    const main = join(import.meta.dirname, "../bench/main.ts");
    const text = execFileSync(process.execPath, [main, "formats", "--quick", "--json"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const results = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Result);
    expect(results.map((result) => result.case)).toEqual(["har-conv1d", "trees-300"]);
    const [net, trees] = results as [Result, Result];
    const own = ({ runs }: Result) => runs.filter(({ writer }) => writer === "tideline");
    expect(new Set(own(net).map(({ artifact }) => artifact))).toEqual(
      new Set([
        "onnx",
        "onnx-float16",
        "ort",
        "tflite",
        "tflite-float16",
        "tflite-dynamic-int8",
        "tflite-int8",
      ]),
    );
    expect(own(trees).map(({ artifact }) => artifact)).toEqual(
      expect.arrayContaining(["onnx", "ort", "tflite", "table"]),
    );
    expect(trees.bytes["mlmodel"]).toBeGreaterThan(0);
    for (const { medianUs } of results.flatMap(own)) expect(medianUs).toBeGreaterThan(0);
    // Where TIDELINE_FORMATS_PYTHON names a Python with the converters.
    const compared = results.flatMap(({ ratios }) => ratios.filter(({ bytes }) => bytes !== undefined));
    for (const { peer, precision, bytes } of compared)
      expect([peer, precision, bytes! <= LARGEST]).toEqual([peer, precision, true]);
    expect(net.bytes["tflite-int8"]! / net.bytes["tflite"]!).toBeLessThan(0.35);
  },
);
