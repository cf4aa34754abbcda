import { graphBuilder, interpret, type OnnxModel } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { describe, expect, test } from "vitest";
import { complaints, runLitert } from "./litert/node-litert.ts";

const [INPUTS, OUTPUTS] = [64, 32];

/** A layer, and a sum and a joint behind it, of weights, a bias and numbers that are added. */
function layer(
  weight: (at: number, channel: number) => number,
  bias: (channel: number) => number = () => 0,
  added: (channel: number) => number = (channel) => Math.cos(channel),
): OnnxModel {
  const g = graphBuilder("odd");
  const list = (length: number, of: (at: number) => number): Float32Array =>
    Float32Array.from({ length }, (_, at) => of(at));
  const weights = g.constant(
    list(INPUTS * OUTPUTS, (at) => weight(at, at % OUTPUTS)),
    [INPUTS, OUTPUTS],
  );
  const sums = g.op("Gemm", [
    g.input("x", "float32", ["N", INPUTS]),
    weights,
    g.constant(list(OUTPUTS, bias), [OUTPUTS]),
  ]);
  g.output("y", g.op("Add", [sums, g.constant(list(OUTPUTS, added), [OUTPUTS])]));
  return g.build();
}

const wave = (at: number): number => Math.sin(at * at);
const rows = [1, 2, 3].map((seed) => ({
  x: {
    dims: [1, INPUTS],
    values: Float32Array.from({ length: INPUTS }, (_, at) => Math.sin(at * seed + seed)),
  },
}));

/** Two layers: of what comes out no number is finite. */
function lost(strange: number): OnnxModel {
  const g = graphBuilder("lost");
  const weights = (count: number): Float32Array => Float32Array.from({ length: count }, (_, at) => wave(at));
  const first = g.constant(weights(INPUTS * OUTPUTS).with(77, strange), [INPUTS, OUTPUTS]);
  const hidden = g.op("MatMul", [g.input("x", "float32", ["N", INPUTS]), first]);
  // Too few weights for the kernel that rounds what it is given, to which NaN is 0.
  g.output("y", g.op("MatMul", [hidden, g.constant(weights(OUTPUTS * 16), [OUTPUTS, 16])]));
  return g.build();
}

const ODD: Readonly<Record<string, OnnxModel>> = {
  "a weight is missing": layer((at) => (at === 77 ? Number.NaN : wave(at))),
  "a weight is missing and every answer with it": lost(Number.NaN),
  "a weight is infinite": layer((at) => (at === 77 ? Infinity : wave(at))),
  "a bias is missing": layer(wave, (channel) => (channel === 5 ? Number.NaN : 1)),
  "what is added is infinite": layer(
    wave,
    () => 0,
    (channel) => (channel === 5 ? -Infinity : 1),
  ),
  "all weights are below normal numbers": layer(
    (at) => wave(at) * 1e-41,
    () => 0,
    () => 0,
  ),
  "a channel's weights are below normal numbers": layer(
    (at, channel) => wave(at) * (channel === 3 ? 1e-41 : 1),
  ),
  "a channel is far smaller than others": layer((at, channel) => wave(at) * (channel === 3 ? 1e-14 : 1)),
  "a channel is smaller than others": layer((at, channel) => wave(at) * (channel === 3 ? 1e-7 : 1)),
  "a channel of a large bias has small weights": layer(
    (at, channel) => wave(at) * (channel === 3 ? 1e-14 : 1),
    () => 3,
  ),
  "weights are tiny": layer(
    (at) => wave(at) * 1e-37,
    () => 0,
    () => 0,
  ),
  "weights are huge": layer(
    (at) => wave(at) * 1e30,
    () => 0,
    () => 0,
  ),
};

describe("8 bits hold what they can, and the rest stays", () => {
  for (const precision of ["dynamic-int8", "int8"] as const)
    test.each(Object.entries(ODD))(`in ${precision}, where %s`, async (_, model) => {
      const written = writeLitert(model, {
        precision,
        ...(precision === "int8" && { calibration: { rows } }),
      });
      if (!written.ok) throw new Error(JSON.stringify(written.reasons));
      complaints.length = 0;
      const answers = await runLitert(written.bytes, rows);
      const all = rows.map((row) => interpret(model, row)["y"]!.values as Float64Array);
      const size = Math.max(...all.flatMap((list) => [...list].filter(Number.isFinite).map(Math.abs)));
      const off: string[] = [];
      for (const [row, right] of all.entries())
        for (const [at, value] of right.entries()) {
          const answer = answers[row]!["y"]![at]!;
          const wanted = Math.fround(value);
          const fits = Number.isFinite(wanted)
            ? Math.abs(answer - wanted) <= 0.03 * size
            : Object.is(answer, wanted);
          if (!fits) off.push(`${row},${at}: ${answer} for ${value}`);
        }
      expect(off).toEqual([]);
      expect(complaints).toEqual([]);
    });
});
