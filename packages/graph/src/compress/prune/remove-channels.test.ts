import * as fc from "fast-check";
import { expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "../../builder.ts";
import { checkModel } from "../../check.ts";
import { interpret } from "../../interpret.ts";
import { elementCount, type OnnxModel } from "../../onnx.ts";
import type { Value } from "../../value.ts";
import { channelMap } from "./channel-group.ts";
import { maskChannels, removeChannels } from "./remove-channels.ts";

/** Numbers that sum without rounding, so that equal means equal to the bit. */
function numbers(seed: number, dims: readonly number[]): Float32Array {
  let state = seed * 7919 + 17;
  return Float32Array.from({ length: elementCount(dims) }, () => {
    state = (state * 48271) % 2147483647;
    return (state % 17) - 8 || 3;
  });
}

let seed = 0;
const weight = (g: GraphBuilder, dims: readonly number[]): Value =>
  g.initializer(`weight_${++seed}`, numbers(seed, dims), dims);

/** A block takes [N, C, L] to [N, C', L]. */
type Block = (g: GraphBuilder, x: Value) => Value;
const channelsOf = (x: Value): number => x.dims[1] as number;
const conv =
  (made: number, size = 1): Block =>
  (g, x) =>
    g.op("Conv", [x, weight(g, [made, channelsOf(x), size]), weight(g, [made])], {
      pads: [size >> 1, size >> 1],
    });
const norm: Block = (g, x) => {
  const c = [channelsOf(x)];
  const variance = g.initializer("variance", new Float32Array(c[0]!).fill(3), c);
  return g.op("BatchNormalization", [x, weight(g, c), weight(g, c), weight(g, c), variance], { epsilon: 1 });
};
const BLOCKS: Readonly<Record<string, Block>> = {
  conv: conv(4, 3),
  norm: (g, x) => g.op("Relu", [norm(g, conv(5)(g, x))]),
  residual: (g, x) => g.op("Add", [x, conv(channelsOf(x), 3)(g, g.op("Relu", [conv(3)(g, x)]))]),
  scaled: (g, x) => g.op("Mul", [conv(3)(g, x), weight(g, [1, 3, 1])]),
  depthwise: (g, x) =>
    g.op("Conv", [x, weight(g, [2 * channelsOf(x), 1, 3]), weight(g, [2 * channelsOf(x)])], {
      group: channelsOf(x),
      pads: [1, 1],
    }),
  grouped: (g, x) => {
    const four = conv(4)(g, x);
    return g.op("Conv", [four, weight(g, [6, 2, 1])], { group: 2 });
  },
  concat: (g, x) => g.op("Concat", [conv(2)(g, x), x, g.op("Abs", [x])], { axis: 1 }),
  split: (g, x) => {
    const [left, right] = g.ops("Split", [conv(6)(g, x)], { axis: 1, num_outputs: 2 });
    return g.op("Mul", [left!, g.op("HardSigmoid", [right!])]);
  },
  uneven: (g, x) => {
    const [left, right] = g.ops("Split", [conv(5)(g, x), g.ints([2, 3])], { axis: 1 });
    return g.op("Concat", [conv(2)(g, right!), left!], { axis: 1 });
  },
  transposed: (g, x) => {
    const last = g.op("Transpose", [x], { perm: [0, 2, 1] });
    const y = g.op("Add", [g.op("MatMul", [last, weight(g, [channelsOf(x), 4])]), weight(g, [4])]);
    return g.op("Transpose", [y], { perm: [0, 2, 1] });
  },
  squeezed: (g, x) => {
    const mean = g.op("Flatten", [g.op("GlobalAveragePool", [x])]);
    const gate = g.op("Gemm", [
      g.op("Relu", [g.op("Gemm", [mean, weight(g, [3, channelsOf(x)])], { transB: 1 })]),
      weight(g, [3, channelsOf(x)]),
    ]);
    return g.op("Mul", [x, g.op("Unsqueeze", [g.op("HardSigmoid", [gate]), g.ints([2])])]);
  },
  heads: (g, x) => {
    const [heads, each, length] = [3, 2, x.dims[2] as number];
    const of = () => {
      const flat = g.op("Transpose", [conv(heads * each)(g, x)], { perm: [0, 2, 1] });
      const apart = g.op("Reshape", [flat, g.ints([-1, length, heads, each])]);
      return g.op("Transpose", [apart], { perm: [0, 2, 1, 3] });
    };
    const [q, k, v] = [of(), of(), of()];
    const seen = g.op("MatMul", [
      g.op("HardSigmoid", [g.op("MatMul", [q, g.op("Transpose", [k], { perm: [0, 1, 3, 2] })])]),
      v,
    ]);
    const together = g.op("Reshape", [
      g.op("Transpose", [seen], { perm: [0, 2, 1, 3] }),
      g.ints([0, 0, heads * each]),
    ]);
    return g.op("Transpose", [together], { perm: [0, 2, 1] });
  },
  single: (g, x) => {
    const gate = () => g.op("HardSigmoid", [conv(4)(g, x)]);
    const seen = g.op("MatMul", [g.op("Transpose", [gate()], { perm: [0, 2, 1] }), gate()]);
    return g.op("MatMul", [conv(3)(g, x), seen]);
  },
  mixed: (g, x) =>
    g.op(
      "LayerNormalization",
      [g.op("Transpose", [conv(4)(g, x)], { perm: [0, 2, 1] }), weight(g, [4]), weight(g, [4])],
      { axis: -1 },
    ),
};

function netOf(names: readonly string[]): OnnxModel {
  seed = names.length;
  const g = graphBuilder("net");
  let x = g.input("x", "float32", ["N", 2, 4]);
  for (const name of names) x = BLOCKS[name]!(g, x);
  const { dims } = x;
  const width = (dims[1] as number) * (dims[2] as number);
  const flat = g.op("Reshape", [x, g.ints([-1, width])]);
  const hidden = g.op("Relu", [g.op("Gemm", [flat, weight(g, [5, width]), weight(g, [5])], { transB: 1 })]);
  g.output("scores", g.op("Gemm", [hidden, weight(g, [5, 3])]));
  return g.build();
}

const feed = { x: { dims: [2, 2, 4], values: numbers(5, [2, 2, 4]) } };
const parametersOf = (model: OnnxModel): number =>
  model.graph.initializers.reduce((sum, { dims }) => sum + elementCount(dims), 0);

test("removing groups gives what zeroing them gives, to the bit, in smaller graphs", () => {
  const block = fc.constantFrom(...Object.keys(BLOCKS).filter((name) => name !== "mixed"));
  fc.assert(
    fc.property(fc.array(block, { maxLength: 3 }), fc.infiniteStream(fc.boolean()), (names, coins) => {
      const model = netOf(names);
      const { groups } = channelMap(model);
      const seen = new Set<number>();
      const gone = groups.filter(({ layer }) => {
        const first = !seen.has(layer);
        seen.add(layer);
        return !first && coins.next().value;
      });
      const ids = gone.map(({ id }) => id);
      const smaller = removeChannels(model, ids);
      checkModel(smaller);
      expect(interpret(smaller, feed)).toEqual(interpret(maskChannels(model, ids), feed));
      if (ids.length > 0) expect(parametersOf(smaller)).toBeLessThan(parametersOf(model));
    }),
    { numRuns: 25 },
  );
});

/** How many kinds of channels can go, with the hidden layer behind: a block's own, and those of the layer before it. */
const LAYERS: Readonly<Record<string, number>> = {
  conv: 3,
  norm: 3,
  // What is added to its input is of the input's channels.
  residual: 3,
  scaled: 3,
  // A depthwise convolution has the channels of its input.
  depthwise: 2,
  grouped: 3,
  concat: 3,
  // Two halves that are multiplied go in pairs.
  split: 3,
  uneven: 5,
  transposed: 3,
  squeezed: 3,
  // Whole heads go, of the queries, keys and values at once.
  heads: 3,
  // Channels that two values are multiplied and summed over stay: no weight of theirs can be zero.
  single: 3,
  // What a layer normalisation mixes stays.
  mixed: 2,
};

test.each(Object.keys(BLOCKS))("channels that can go: %s", (name) => {
  const { groups } = channelMap(netOf(["conv", name]));
  expect(new Set(groups.map(({ layer }) => layer)).size).toBe(LAYERS[name]);
});

test("equal constants that share an initialiser lose places where each is read", () => {
  const g = graphBuilder("shared");
  const x = g.input("x", "float32", ["N", 2]);
  const shared = g.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const first = g.op("Relu", [g.op("Gemm", [x, shared])]);
  g.output(
    "y",
    g.op("Gemm", [g.op("Relu", [g.op("Gemm", [first, shared])]), g.constant(Float32Array.of(5, 6), [2, 1])]),
  );
  const model = g.build();
  const { groups } = channelMap(model);
  expect(groups).toHaveLength(4);
  const rows = { x: { dims: [2, 2], values: [1, 2, 3, -1] } };
  const ids = [groups[0]!.id, groups[3]!.id];
  const smaller = removeChannels(model, ids);
  expect(interpret(smaller, rows)).toEqual(interpret(maskChannels(model, ids), rows));
  expect(smaller.graph.initializers.map(({ dims }) => dims)).toEqual([
    [2, 1],
    [1, 1],
    [1, 1],
  ]);
});

test("a layer without channels and a group that is none are refused", () => {
  const model = netOf(["conv"]);
  const { groups } = channelMap(model);
  const all = groups.filter(({ layer }) => layer === 0).map(({ id }) => id);
  expect(() => removeChannels(model, all)).toThrow(/leave each layer a channel/);
  expect(() => removeChannels(model, [groups.length])).toThrow(/groups: expected numbers below/);
  expect(removeChannels(model, [])).toBe(model);
});
