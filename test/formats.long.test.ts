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
    readonly otherAnswers?: boolean;
  }[];
}

const MINUTES = 10;

/** Our bytes over another converter's, at most. */
const LARGEST = 1.02;

/** Whether a Python with the other converters is named; without one ours run alone. */
const hasPeers = process.env["TIDELINE_FORMATS_PYTHON"] !== undefined;

/** Who makes files of the same precision as ours, by case: what the comparison would silently lack otherwise. */
const PEERS = {
  net: ["coremltools", "onnx2tf", "tensorflow"],
  trees: ["coremltools", "tensorflow", "tensorflow by matrices"],
} as const;

test(
  hasPeers
    ? "the bench of formats writes and runs every kind, and no file is larger than another converter's of the same precision"
    : "the bench of formats writes and runs every kind (TIDELINE_FORMATS_PYTHON names no other converters)",
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
        "table",
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
    const comparedOf = ({ ratios }: Result) => ratios.filter(({ bytes }) => bytes !== undefined);
    const peersOf = (result: Result) => [...new Set(comparedOf(result).map(({ peer }) => peer))].toSorted();
    expect({ net: peersOf(net), trees: peersOf(trees) }).toEqual(hasPeers ? PEERS : { net: [], trees: [] });
    for (const { peer, precision, bytes, otherAnswers } of results.flatMap(comparedOf)) {
      expect([peer, precision, bytes! <= LARGEST]).toEqual([peer, precision, true]);
      // Whom times compare with computes the same.
      expect([peer, otherAnswers]).toEqual([peer, undefined]);
    }
    expect(net.bytes["tflite-int8"]! / net.bytes["tflite"]!).toBeLessThan(0.3);
  },
);
