import * as fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "../builder.ts";
import { checkModel } from "../check.ts";
import { interpret } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { writeOnnx } from "../onnx-write.ts";
import type { Value } from "../value.ts";
import { foldConstants } from "./fold-constants.ts";
import { LOSSLESS_PASSES, PASSES, optimise } from "./optimise.ts";
import { outputDifference } from "./output-difference.ts";
import { probesOf } from "./probe.ts";

const ops = (model: OnnxModel): string[] => model.graph.nodes.map(({ op }) => op);
const wave = (count: number, turn = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => Math.sin(1.3 * at + turn));
const positive = (count: number): Float32Array => wave(count, 5).map((value) => 0.5 + value * value);

function modelOf(build: (g: GraphBuilder) => Value): OnnxModel {
  const g = graphBuilder("net");
  g.output("y", build(g));
  return g.build();
}

/** What a runtime answers, with its own optimiser off: what we did is what is compared. */
async function answers(model: OnnxModel): Promise<Record<string, number[]>[]> {
  const session = await ort.InferenceSession.create(writeOnnx(model), {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const results = [];
  for (const probe of probesOf(model)) {
    const feeds = Object.entries(probe).map(([name, { dims, values }]) => [
      name,
      new ort.Tensor("float32", Float32Array.from(values), dims),
    ]);
    const result = await session.run(Object.fromEntries(feeds));
    results.push(
      Object.fromEntries(
        Object.entries(result).map(([name, { data }]) => [
          name,
          Array.from(data as ArrayLike<number | bigint>, Number),
        ]),
      ),
    );
  }
  await session.release();
  return results;
}

async function largestDifference(before: OnnxModel, after: OnnxModel): Promise<number> {
  const [left, right] = [await answers(before), await answers(after)];
  let most = 0;
  for (const [at, result] of left.entries())
    for (const [name, values] of Object.entries(result)) {
      const scale = Math.max(...values.map(Math.abs), 1e-30);
      for (const [index, value] of values.entries())
        most = Math.max(most, Math.abs(value - right[at]![name]![index]!) / scale);
    }
  return most;
}

describe("passes", () => {
  test("a batch normalisation becomes part of the convolution before it, grouped or transposed", async () => {
    for (const [op, group] of [
      ["Conv", 1],
      ["Conv", 2],
      ["ConvTranspose", 1],
      ["ConvTranspose", 2],
    ] as const) {
      const model = modelOf((g) => {
        const x = g.input("x", "float32", ["N", 4, 8]);
        const dims = op === "Conv" ? [6, 4 / group, 3] : [4, 6 / group, 3];
        const w = g.constant(wave(dims.reduce((a, b) => a * b)), dims);
        const y = g.op(op, [x, w, g.constant(wave(6, 2))], { group, pads: [1, 1] });
        return g.op("BatchNormalization", [
          y,
          g.constant(wave(6, 3)),
          g.constant(wave(6, 4)),
          g.constant(wave(6, 7)),
          g.constant(positive(6)),
        ]);
      });
      const { model: small, passes } = optimise(model);
      expect(ops(small)).toEqual([op]);
      expect(passes.find(({ name }) => name === "fuse-batch-norm")!.rewrites).toBe(1);
      expect(small.graph.initializers.length).toBe(2);
      expect(await largestDifference(model, small)).toBeLessThan(1e-5);
    }
  });

  test("a standardiser becomes part of the first layer", async () => {
    const model = modelOf((g) => {
      const x = g.input("x", "float32", ["N", 5]);
      const centred = g.op("Sub", [x, g.constant(wave(5))]);
      const scaled = g.op("Mul", [centred, g.constant(positive(5))]);
      return g.op("Add", [g.op("MatMul", [scaled, g.constant(wave(15), [5, 3])]), g.constant(wave(3, 9))]);
    });
    const { model: small } = optimise(model);
    expect(ops(small)).toEqual(["Gemm"]);
    expect(await largestDifference(model, small)).toBeLessThan(1e-5);
  });

  test("a standardiser of channels becomes part of a convolution, but not where its shift meets padding", async () => {
    const net = (pads: number[], shifts: boolean): OnnxModel =>
      modelOf((g) => {
        const x = g.input("x", "float32", ["N", 4, 9]);
        const centred = shifts ? g.op("Sub", [x, g.constant(wave(4), [1, 4, 1])]) : x;
        const scaled = g.op("Div", [centred, g.constant(positive(4), [4, 1])]);
        return g.op("Conv", [scaled, g.constant(wave(24), [6, 2, 2])], { group: 2, pads });
      });
    for (const [pads, shifts, wanted] of [
      [[0, 0], true, ["Conv"]],
      [[1, 0], false, ["Conv"]],
      [[1, 0], true, ["Sub", "Div", "Conv"]],
    ] as const) {
      const model = net([...pads], shifts);
      const { model: small } = optimise(model);
      expect(ops(small)).toEqual(wanted);
      expect(await largestDifference(model, small)).toBeLessThan(1e-5);
    }
  });

  test("a standardiser whose shift would drown its input stays", () => {
    const model = modelOf((g) => {
      const x = g.input("x", "float32", ["N", 5]);
      const far = g.op("Sub", [x, g.constant(new Float32Array(5).fill(1e6))]);
      return g.op("MatMul", [far, g.constant(wave(15), [5, 3])]);
    });
    expect(ops(optimise(model).model)).toEqual(["Sub", "MatMul"]);
  });

  test("constants are folded, copies shared, dead ends dropped, and what gives back its input goes", () => {
    const g = graphBuilder("mess");
    const x = g.input("x", "float32", [2, 3]);
    const two = g.op("Add", [g.scalar(1), g.scalar(1)]);
    const [a, b] = [g.op("Mul", [x, two]), g.op("Mul", [x, two])];
    g.op("Exp", [x]);
    const same = g.op("Reshape", [g.op("Identity", [a]), g.ints([2, 3])]);
    g.output("y", g.op("Add", [same, b]));
    const model = g.build();
    const { model: small, passes } = optimise(model);
    expect(ops(small)).toEqual(["Mul", "Add"]);
    expect(passes.map(({ name }) => name)).toEqual(LOSSLESS_PASSES);
    for (const { difference, bound } of passes) expect(difference).toBeLessThanOrEqual(bound);
    checkModel(small);
  });

  test("weights stored in half the bytes stay float32 where they are read", async () => {
    const model = modelOf((g) => {
      const x = g.input("x", "float32", ["N", 32]);
      return g.op("Gemm", [x, g.constant(wave(32 * 16), [32, 16]), g.constant(wave(16))]);
    });
    const { model: small, passes } = optimise(model, { passes: [...LOSSLESS_PASSES, "float16"] });
    expect(ops(small)).toEqual(["Cast", "Gemm"]);
    expect(writeOnnx(small).length).toBeLessThan(0.7 * writeOnnx(model).length);
    expect(passes.at(-1)!.difference).toBeGreaterThan(0);
    expect(await largestDifference(model, small)).toBeLessThan(PASSES.float16.bound);
    // Folding the widening would undo it.
    expect(foldConstants.rewrite(small).rewrites).toBe(0);
  });

  test("what a normalisation subtracts and divides by keeps its 32 bits", () => {
    const model = modelOf((g) => {
      const x = g.input("x", "float32", ["N", 300]);
      const [mean, variance] = [g.constant(wave(300)), g.constant(wave(300).map(Math.abs))];
      const ones = g.constant(new Float32Array(300).fill(1));
      const normal = g.op("BatchNormalization", [g.op("Relu", [x]), ones, mean, mean, variance]);
      return g.op("Softmax", [g.op("MatMul", [g.op("Relu", [normal]), g.constant(wave(900), [300, 3])])]);
    });
    const { model: small } = optimise(model, { passes: ["float16"] });
    const halves = small.graph.initializers.filter(({ elementType }) => elementType === "float16");
    expect(halves.map(({ dims }) => dims)).toEqual([[300, 3]]);
  });

  test("a bias that is none of the outputs' stays where it is", async () => {
    const model = modelOf((g) => {
      const x = g.input("x", "float32", [3, 4]);
      const scaled = g.op("Sub", [x, g.constant(wave(4))]);
      return g.op("Gemm", [scaled, g.constant(wave(12), [4, 3]), g.constant(wave(3), [3, 1])]);
    });
    expect(ops(optimise(model).model)).toEqual(["Sub", "Gemm"]);
  });

  test("integers beyond 2^53 are left to the runtime, which wraps them", () => {
    const g = graphBuilder("hash");
    const x = g.input("x", "int64", [1]);
    const big = (value: bigint) => g.constant(BigInt64Array.of(value));
    const product = g.op("Mul", [big(94906267n), big(94906267n)]);
    const sum = g.op("ReduceSum", [
      g.constant(BigInt64Array.of(2n ** 53n - 1n, 2n, -(2n ** 53n) + 1n)),
      g.ints([0]),
    ]);
    g.output("y", g.op("Add", [x, g.op("Mul", [product, sum])]));
    expect(ops(optimise(g.build()).model)).toContain("Mul");
    expect(ops(optimise(g.build()).model)).toContain("ReduceSum");
  });

  test("lengths that are products of names get rows that fit", () => {
    const model = modelOf((g) => {
      const x = g.input("x", "float32", ["4*N"]);
      return g.op("Relu", [g.op("Identity", [g.op("Reshape", [x, g.ints([-1, 4])])])]);
    });
    expect(ops(optimise(model).model)).toEqual(["Reshape", "Relu"]);
    expect(probesOf(model)[0]!["x"]!.dims).toEqual([8]);
  });

  test("an index into one row is probed with that row, and every name has its own length", () => {
    const g = graphBuilder("rows");
    const [x, y] = [g.input("x", "int64", ["N"]), g.input("y", "float32", ["M", 3])];
    g.output("row", g.op("Gather", [g.constant(wave(3), [1, 3]), g.op("Identity", [x])]));
    g.output("other", g.op("Neg", [y]));
    const model = g.build();
    expect(ops(optimise(model).model)).toEqual(["Gather", "Neg"]);
    const [probe] = probesOf(model);
    expect([probe!["x"]!.dims, probe!["y"]!.dims]).toEqual([[2], [3, 3]]);
  });

  test("initialisers that are listed as inputs keep their type", () => {
    const model = modelOf((g) => {
      const x = g.input("x", "float32", ["N", 32]);
      return g.op("MatMul", [x, g.constant(wave(32 * 16), [32, 16])]);
    });
    const [weights] = model.graph.initializers;
    const { name, elementType, dims } = weights!;
    const old: OnnxModel = {
      ...model,
      irVersion: 3,
      graph: { ...model.graph, inputs: [...model.graph.inputs, { name, elementType, dims }] },
    };
    const { model: same } = optimise(old, { passes: [...LOSSLESS_PASSES, "float16"] });
    expect(ops(same)).toEqual(["MatMul"]);
  });

  test("what moves an output beyond its bound is taken back and said", () => {
    const model = modelOf((g) => {
      // Rounded to float32 the sum loses its one, which the next difference is all about.
      const sum = g.op("Add", [g.scalar(1e8), g.scalar(1)]);
      const rest = g.op("Sub", [sum, g.scalar(1e8)]);
      return g.op("Mul", [g.input("x", "float32", ["N", 2]), rest]);
    });
    const { model: same, passes } = optimise(model);
    expect(ops(same)).toEqual(["Add", "Sub", "Mul"]);
    expect(passes.find(({ name }) => name === "fold-constants")).toMatchObject({
      refused: true,
      rewrites: 0,
    });
  });

  test("a step of a chain of constants is not folded to another number than runtimes give", () => {
    const model = modelOf((g) => {
      // Rounded to float32, as runtimes do after each node, the product is 7; in double precision it is below.
      const steps = g.op("Floor", [g.op("Mul", [g.scalar(0.7), g.scalar(10)])]);
      return g.op("Add", [g.input("x", "float32", ["N", 2]), steps]);
    });
    const { model: same, passes } = optimise(model);
    expect(ops(same)).toEqual(["Mul", "Floor", "Add"]);
    expect(passes.find(({ name }) => name === "fold-constants")).toMatchObject({ refused: true });
  });

  test("wrong options are named", () => {
    const model = modelOf((g) => g.op("Neg", [g.input("x", "float32", [3])]));
    expect(() => optimise(model, { probes: [] })).toThrow(/at least one row/);
    expect(() => optimise(model, { passes: ["nonsense" as never] })).toThrow(/remove-dead/);
  });

  test("a pass that moves an output is an error, not a model", () => {
    const model = modelOf((g) => g.op("Neg", [g.input("x", "float32", [3])]));
    const other = modelOf((g) => g.op("Abs", [g.input("x", "float32", [3])]));
    const [probe] = probesOf(model);
    expect(outputDifference(interpret(model, probe!), interpret(other, probe!), false)).toBeGreaterThan(0.5);
  });
});

/** A random chain of layers that passes know, on `[N, 4, 8]`. */
const chains = fc.array(
  fc.constantFrom("conv", "padded", "norm", "shift", "scale", "relu", "identity", "reshape", "twice", "fold"),
  { minLength: 1, maxLength: 10 },
);

function chainOf(names: readonly string[]): OnnxModel {
  return modelOf((g) => {
    let x = g.input("x", "float32", ["N", 4, 8]);
    for (const [at, name] of names.entries()) {
      const channel = (values: Float32Array) => g.constant(values, [1, 4, 1]);
      if (name === "conv" || name === "padded")
        x = g.op("Conv", [x, g.constant(wave(16, at), [4, 4, 1])], {
          pads: name === "conv" ? [0, 0] : [1, 0],
        });
      if (name === "norm")
        x = g.op("BatchNormalization", [
          x,
          ...[wave(4, at), wave(4, at + 1), wave(4, at + 2), positive(4)].map((v) => g.constant(v)),
        ]);
      if (name === "shift") x = g.op("Add", [x, channel(wave(4, at))]);
      if (name === "scale") x = g.op("Mul", [channel(positive(4)), x]);
      if (name === "relu") x = g.op("Relu", [x]);
      if (name === "identity") x = g.op("Identity", [x]);
      if (name === "twice") x = g.op("Add", [g.op("Tanh", [x]), g.op("Tanh", [x])]);
      if (name === "fold") x = g.op("Mul", [x, g.op("Exp", [channel(wave(4, at))])]);
      if (name === "reshape") {
        const length = x.dims[2]!;
        x = g.op("Reshape", [g.op("Transpose", [x], { perm: [0, 1, 2] }), g.ints([0, 4, Number(length)])]);
      }
    }
    return x;
  });
}

test("any chain of layers keeps its outputs in the interpreter and in onnxruntime", async () => {
  let fused = 0;
  await fc.assert(
    fc.asyncProperty(chains, async (names) => {
      const model = chainOf(names);
      const { model: small, passes } = optimise(model);
      checkModel(small);
      expect(small.graph.nodes.length).toBeLessThanOrEqual(model.graph.nodes.length);
      fused += passes.filter(({ name, rewrites }) => name.startsWith("fuse") && rewrites > 0).length;
      expect(await largestDifference(model, small)).toBeLessThan(2e-5);
      expect(optimise(small).passes.every(({ rewrites }) => rewrites === 0)).toBe(true);
    }),
    { numRuns: 60, seed: 3 },
  );
  expect(fused).toBeGreaterThan(20);
});
