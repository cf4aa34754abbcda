import { graphBuilder, interpret, optimise, type OnnxModel } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { expect, test } from "vitest";
import { runLitert } from "./litert/node-litert.ts";

/** Numbers about a size. */
const numbers = (count: number, seed: number, size: (at: number) => number = () => 1): Float32Array => {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, (_, at) => random.normal() * size(at));
};

/** Logarithms of small sums: weights of 64 numbers for 16, of which one column is about `small`. */
function logOfDense(small: number): OnnxModel {
  const g = graphBuilder("log_dense");
  const x = g.input("x", "float32", ["N", 64]);
  const weights = g.constant(
    numbers(64 * 16, 1, (at) => (at % 16 === 3 ? small : 0.1)),
    [64, 16],
  );
  const size = g.op("Abs", [g.op("MatMul", [x, weights])]);
  g.output("features", g.op("Log", [g.op("Add", [size, g.scalar(1e-6)])]));
  return g.build();
}

/** Logarithms, or shares by roots, of a convolution whose bias alone keeps them from 0. */
function behindConvolution(small: number, isDivided: boolean): OnnxModel {
  const g = graphBuilder("behind_convolution");
  const x = g.input("x", "float32", ["N", 1, 12, 12]);
  const weights = g.constant(
    numbers(16 * 9, 2, () => 0.1),
    [16, 1, 3, 3],
  );
  const bias = g.constant(
    Float32Array.from({ length: 16 }, () => small),
    [16],
  );
  const sums = g.op("Relu", [g.op("Conv", [x, weights, bias])]);
  const share = g.op("Div", [g.scalar(1e-4), g.op("Sqrt", [sums])]);
  g.output("features", isDivided ? share : g.op("Log", [sums]));
  return g.build();
}

/** The farthest answer of a file in half precision, over one row of numbers and one of zeros. */
async function farthest(model: OnnxModel): Promise<{ readonly far: number; readonly saved: number }> {
  const written = writeLitert(model, { precision: "float16" });
  const single = writeLitert(model);
  if (!written.ok || !single.ok) throw new Error("not written");
  const dims = model.graph.inputs[0]!.dims.map((dim) => (typeof dim === "number" ? dim : 1));
  const count = dims.reduce((product, length) => product * length, 1);
  const rows = [numbers(count, 3), new Float32Array(count)].map((values) => ({ x: { dims, values } }));
  const answers = await runLitert(written.bytes, rows);
  const far = rows.flatMap((row, at) =>
    Array.from(interpret(model, row)["features"]!.values, (value, i) => {
      const own = answers[at]!["features"]![i]!;
      return Object.is(value, own) ? 0 : Math.abs(value - own);
    }),
  );
  return { far: Math.max(...far), saved: single.bytes.length - written.bytes.length };
}

test.each([
  ["weights of a column that half precision rounds to 0", logOfDense(1e-7)],
  ["weights of a column that half precision has few bits of", logOfDense(3e-6)],
  ["a bias before a logarithm", behindConvolution(2e-8, false)],
  ["a bias before a division", behindConvolution(2e-8, true)],
])("float16: %s stay, and so does what is behind", async (_, model) => {
  const { far } = await farthest(model);
  expect(far).toBeLessThan(1e-2);
});

test("float16: ordinary weights before a logarithm are halved, and so is a small bias that nothing magnifies", async () => {
  const dense = await farthest(logOfDense(0.1));
  expect(dense.saved).toBeGreaterThan(1000);
  const g = graphBuilder("softsign");
  const x = g.input("x", "float32", ["N", 1, 12, 12]);
  const [weights, bias] = [
    g.constant(
      numbers(64 * 9, 2, () => 0.1),
      [64, 1, 3, 3],
    ),
    g.constant(
      numbers(64, 4, () => 1e-5),
      [64],
    ),
  ];
  g.output("features", g.op("Softsign", [g.op("Conv", [x, weights, bias])]));
  const { far, saved } = await farthest(g.build());
  expect(far).toBeLessThan(1e-3);
  expect(saved).toBeGreaterThan(500);
});

test("float16: a graph keeps float32 in tensors with a column that half precision rounds to 0, as LiteRT does", () => {
  const halves = (small: number): number => {
    const g = graphBuilder("dense");
    const weights = numbers(64 * 16, 1, (at) => (at % 16 === 3 ? small : 0.1));
    g.output("y", g.op("MatMul", [g.input("x", "float32", ["N", 64]), g.constant(weights, [64, 16])]));
    return optimise(g.build(), { passes: ["float16"] }).passes.find(({ name }) => name === "float16")!
      .rewrites;
  };
  expect([halves(0.1), halves(1e-7)]).toEqual([1, 0]);
});
