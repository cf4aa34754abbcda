import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Frame } from "../frame/column.ts";
import { frame } from "../frame/frame.ts";
import { equalFrames } from "../frame/equal-frames.ts";
import { chain } from "./chain.ts";
import { oneHotEncoder } from "./category/one-hot-encoder.ts";
import { simpleImputer } from "./impute/simple-imputer.ts";
import { minMaxScaler } from "./scale/min-max-scaler.ts";
import { powerTransformer } from "./scale/power-transformer.ts";
import { standardScaler } from "./scale/standard-scaler.ts";
import { fitTransform, type Transform } from "./transform.ts";

/** 9,000 rows: several blocks, of which the last is short. */
function table(rows = 9000): Frame {
  let seed = 7;
  const next = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const numbers = (scale: number) =>
    Float64Array.from({ length: rows }, () => (next() < 0.1 ? Number.NaN : 3 + scale * next()));
  return frame([
    { kind: "float", name: "a", values: numbers(1), unit: "m" },
    { kind: "float", name: "b", values: Float32Array.from(numbers(1e6)) },
    { kind: "integer", name: "i", values: Int16Array.from({ length: rows }, () => 1000 * next()) },
    { kind: "boolean", name: "t", values: Uint8Array.from({ length: rows }, () => Number(next() < 0.5)) },
    { kind: "vector", name: "v", width: 2, values: Float64Array.from([...numbers(2), ...numbers(9)]) },
    {
      kind: "string",
      name: "s",
      codes: Int32Array.from({ length: rows }, () => 3 * next() - 1),
      dictionary: ["x", "y"],
    },
  ]);
}

/** Fitted and applied one by one. */
function oneByOne(steps: readonly Transform[], rows: Frame): Frame {
  return steps.reduce((now, step) => fitTransform(step, now).transform(now), rows);
}

const numberSteps = [
  simpleImputer({ columns: ["a", "b", "i"] }),
  simpleImputer({ columns: ["a"], strategy: "median" }),
  standardScaler({ columns: ["a", "b"] }),
  standardScaler({ columns: ["a", "b", "i", "t", "v"] }),
  minMaxScaler({ columns: ["b", "i"] }),
  minMaxScaler({ columns: ["v"] }),
  powerTransformer({ columns: ["b"] }),
  oneHotEncoder({ columns: ["s"], keep: true, dtype: "boolean" }),
];

test("a chain gives to the bit what its steps give one by one, in the fit and after it", () => {
  const [rows, others] = [table(), table(1500)];
  fc.assert(
    fc.property(fc.subarray(numberSteps, { minLength: 2, maxLength: 5 }), (steps) => {
      const made = chain(steps).fitTransform(rows);
      expect(equalFrames(made.rows, oneByOne(steps, rows))).toBe(true);
      const fitted = made.chain.steps.reduce(
        (now, step) => ("rule" in step ? now : step.transform(now)),
        others,
      );
      expect(equalFrames(made.chain.transform(others), fitted)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test("columns that a step was not fitted on are refused as without the others", () => {
  const steps = [simpleImputer({ columns: ["a"] }), standardScaler({ columns: ["a"] })];
  const fitted = chain(steps).fit(table(50));
  const wrong = frame([{ kind: "integer", name: "a", values: Int8Array.of(1) }]);
  expect(() => fitted.transform(wrong)).toThrow(
    /simpleImputer.*column "a".*a float column.*ARGUMENT_INVALID/u,
  );
  expect(() => fitted.transform(frame([]))).toThrow(/ARGUMENT_INVALID/u);
});
