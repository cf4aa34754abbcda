import { expect, test } from "vitest";
import type { GraphRuntime } from "../runtime/graph-runtime.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { compressionReport } from "./report.ts";
import { compressionText } from "./report-text.ts";
import { accuracyScore } from "./score.ts";
import { ort, rowsOf, windowNet } from "./testing/small-net.ts";

const rows = rowsOf(300, [4, 32], 2);
const half = await quantiseWeights(windowNet(), { bits: 16 });
const eight = await quantiseWeights(windowNet(), { bits: 8 });

test("forms are held beside the one before, by bytes, time, score and slice", async () => {
  const first = { rows: rows.slice(0, 1) };
  const none = { rows: rows.slice(1), score: accuracyScore("probabilities", new Int32Array(32).fill(9)) };
  const report = await compressionReport(
    windowNet(),
    [
      { name: "half", ...half },
      { name: "eight", ...eight },
    ],
    { trial: { runtime: ort, rows }, slices: { first, none }, runs: 5 },
  );
  const [before, ...forms] = report.entries;
  expect(before).toMatchObject({ name: "before", share: 1, time: 1, score: 1, error: 0, layers: [] });
  expect(forms.map(({ bytes }) => bytes)).toEqual(forms.map(({ bytes }) => bytes).toSorted((a, b) => b - a));
  expect(
    forms.every(({ score, slices }) => score > 0.9 && slices["none"] === 0 && slices["first"]! > 0.9),
  ).toBe(true);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  const text = compressionText(report);
  expect(text).toMatch(/eight +\d+ +\d+\.\d % .* \d\.\d\d x +(1\.0000|0\.9\d+)/);
  expect(text).toMatch(/score of slice +before +half +eight\nfirst/);
  expect(text).toMatch(/Conv_1 +Conv +float16/);
});

test("what another one beats in everything is not on the front", async () => {
  // Time goes by as the runtime says, so that one is slower for sure.
  let now = 0;
  const slow: GraphRuntime = {
    ...ort,
    async load(bytes, options) {
      const loaded = await ort.load(bytes, options);
      return {
        ...loaded,
        async run(inputs, outputs) {
          now += bytes.length;
          return loaded.run(inputs, outputs);
        },
      };
    },
  };
  const same = { name: "as before", model: windowNet() };
  const { entries } = await compressionReport(windowNet(), [same, { name: "half", ...half }], {
    trial: { runtime: slow, rows, score: () => 1 },
    runs: 3,
    clock: () => now,
  });
  expect(entries.map(({ front }) => front)).toEqual([false, false, true]);
  expect(entries[2]!.time).toBeCloseTo(entries[2]!.share, 10);
});

test("no runs are refused", async () => {
  const wrong = compressionReport(windowNet(), [], { trial: { runtime: ort, rows }, runs: 0 });
  await expect(wrong).rejects.toThrow(/runs: expected an integer of at least 1, received 0/);
});
