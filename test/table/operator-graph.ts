import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";

/** A small graph that uses few operators, with the shape of its input. */
export interface SmallGraph {
  readonly name: string;
  readonly dims: readonly number[];
  readonly model: OnnxModel;
}

function graphOf(
  name: string,
  dims: readonly number[],
  build: (g: GraphBuilder, x: Value) => Readonly<Record<string, Value>>,
): SmallGraph {
  const g = graphBuilder(name);
  const outputs = build(g, g.input("x", "float32", dims));
  for (const [output, value] of Object.entries(outputs)) g.output(output, value);
  return { name, dims, model: g.build() };
}

/** Constants that repeat and differ: eighths from -2 to 2. */
function eighths(count: number, turn = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, k) => (((k * 7 + turn) % 33) - 16) / 8);
}

/** Constants that no few bits hold. */
function sines(count: number, turn = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, k) => Math.sin(1.7 * k + turn));
}

/** One graph per operator of the table that a graph of these operators leads to. */
export function operatorGraphs(): readonly SmallGraph[] {
  return [
    graphOf("unary", [1, 12], (g, x) => {
      const positive = g.op("Add", [g.op("Abs", [x]), g.scalar(0.25)]);
      return {
        abs: g.op("Abs", [x]),
        neg: g.op("Neg", [x]),
        exp: g.op("Exp", [x]),
        log: g.op("Log", [positive]),
        sqrt: g.op("Sqrt", [positive]),
        relu: g.op("Relu", [x]),
        leaky: g.op("LeakyRelu", [x], { alpha: 0.3 }),
        sigmoid: g.op("Sigmoid", [x]),
        tanh: g.op("Tanh", [x]),
        clip: g.op("Clip", [x, g.scalar(-0.5), g.scalar(0.75)]),
        low: g.op("Clip", [x, g.scalar(0)]),
        whole: g.op("Cast", [g.op("Cast", [x], { to: 6 })], { to: 1 }),
        nonzero: g.op("Cast", [g.op("Cast", [x], { to: 9 })], { to: 1 }),
      };
    }),
    graphOf("binary", [2, 3, 4], (g, x) => {
      const row = g.constant(eighths(4, 3), [4]);
      const column = g.constant(sines(3), [3, 1]);
      const own = g.op("ReduceMax", [x, g.ints([2])]);
      const base = g.op("Add", [g.op("Abs", [x]), g.scalar(0.5)]);
      return {
        add: g.op("Add", [x, row]),
        sub: g.op("Sub", [column, x]),
        mul: g.op("Mul", [x, own]),
        div: g.op("Div", [x, g.op("Add", [g.op("Abs", [own]), g.scalar(1)])]),
        pow: g.op("Pow", [base, row]),
        max: g.op("Max", [x, row, column]),
        min: g.op("Min", [x, column]),
      };
    }),
    graphOf("move", [2, 3, 4], (g, x) => {
      const part = g.op("Slice", [x, g.ints([3]), g.ints([-5]), g.ints([2]), g.ints([-2])]);
      const turned = g.op("Transpose", [x], { perm: [2, 0, 1] });
      return {
        part,
        turned,
        flat: g.op("Reshape", [turned, g.ints([4, 6])]),
        joined: g.op("Concat", [x, part, x], { axis: 2 }),
      };
    }),
    graphOf("gather", [3, 5, 2], (g, x) => ({
      middle: g.op("Gather", [x, g.ints([4, 0, 0, 3])], { axis: 1 }),
      last: g.op("Gather", [x, g.ints([1, 1, 0])], { axis: 2 }),
      single: g.op("Gather", [x, g.constant(BigInt64Array.of(-2n), [])], { axis: 1 }),
    })),
    graphOf("matmul", [2, 3, 5], (g, x) => {
      const matrix = g.op("Reshape", [x, g.ints([6, 5])]);
      return {
        batched: g.op("MatMul", [x, g.op("Transpose", [x], { perm: [0, 2, 1] })]),
        weights: g.op("MatMul", [x, g.constant(sines(20), [5, 4])]),
        left: g.op("MatMul", [g.constant(eighths(12), [4, 3]), x]),
        gemm: g.op("Gemm", [matrix, g.constant(sines(35), [7, 5]), g.constant(sines(7, 4), [7])], {
          transB: 1,
          alpha: 0.5,
          beta: 2,
        }),
        column: g.op("Gemm", [matrix, matrix, g.constant(sines(5), [5, 1])], { transA: 1 }),
      };
    }),
    graphOf("reduce", [2, 3, 4], (g, x) => ({
      sum: g.op("ReduceSum", [x, g.ints([1])]),
      mean: g.op("ReduceMean", [x, g.ints([0, 2])], { keepdims: 0 }),
      max: g.op("ReduceMax", [x, g.ints([-1])]),
      min: g.op("ReduceMin", [x]),
    })),
    graphOf("softmax", [2, 5, 3], (g, x) => ({
      last: g.op("Softmax", [x], { axis: -1 }),
      middle: g.op("Softmax", [g.op("Mul", [x, g.scalar(40)])], { axis: 1 }),
      single: g.op("Softmax", [x], { axis: 0 }),
    })),
    graphOf("argmax", [2, 5, 3], (g, x) => ({
      first: g.op("Cast", [g.op("ArgMax", [x], { axis: 1 })], { to: 1 }),
      last: g.op(
        "Cast",
        [g.op("ArgMax", [g.op("Clip", [x, g.scalar(-1), g.scalar(0)])], { axis: 1, select_last_index: 1 })],
        {
          to: 1,
        },
      ),
    })),
    graphOf("log-softmax", [2, 5, 3], (g, x) => ({
      last: g.op("LogSoftmax", [x]),
      middle: g.op("LogSoftmax", [g.op("Mul", [x, g.scalar(30)])], { axis: 1 }),
    })),
    graphOf("activation", [1, 6], (g, x) => {
      const layer = (): Value => g.op("Gemm", [x, g.constant(sines(24), [6, 4]), g.constant(sines(4, 2))]);
      return {
        relu: g.op("Relu", [layer()]),
        leaky: g.op("LeakyRelu", [layer()], { alpha: 0.1 }),
        sigmoid: g.op("Sigmoid", [layer()]),
        tanh: g.op("Tanh", [layer()]),
        clip: g.op("Clip", [layer(), g.scalar(-0.25), g.scalar(0.5)]),
      };
    }),
    graphOf("conv-1d", [1, 4, 11], (g, x) => ({
      plain: g.op("Conv", [x, g.constant(sines(36), [3, 4, 3]), g.constant(sines(3))], { pads: [2, 1] }),
      channels: g.op("Conv", [x, g.constant(eighths(24), [8, 1, 3])], {
        group: 4,
        strides: [2],
        dilations: [2],
      }),
      active: g.op("Relu", [
        g.op("Conv", [x, g.constant(sines(24, 5), [3, 4, 2])], { auto_pad: "SAME_LOWER" }),
      ]),
    })),
    graphOf("conv-2d", [1, 4, 6, 7], (g, x) => ({
      plain: g.op("Conv", [x, g.constant(sines(60), [3, 4, 5, 1]), g.constant(sines(3))], {
        pads: [4, 0, 0, 0],
      }),
      groups: g.op("Conv", [x, g.constant(eighths(48), [4, 2, 3, 2])], {
        group: 2,
        strides: [2, 1],
        dilations: [1, 3],
        pads: [0, 2, 1, 0],
      }),
    })),
    graphOf("pool", [1, 2, 5, 7], (g, x) => {
      const window = { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 2, 1] };
      return {
        max: g.op("MaxPool", [x], { ...window, dilations: [1, 2] }),
        mean: g.op("AveragePool", [x], window),
        padded: g.op("AveragePool", [x], { ...window, count_include_pad: 1 }),
        up: g.op("AveragePool", [x], { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 }),
        global_mean: g.op("GlobalAveragePool", [x]),
        global_max: g.op("GlobalMaxPool", [x]),
      };
    }),
    graphOf("normalisation", [1, 3, 4], (g, x) => ({
      y: g.op("BatchNormalization", [
        x,
        g.constant(sines(3)),
        g.constant(sines(3, 2)),
        g.constant(eighths(3)),
        g.constant(Float32Array.of(0.5, 1, 2)),
      ]),
    })),
  ];
}
