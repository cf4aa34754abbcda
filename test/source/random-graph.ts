import { graphBuilder, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";

type Make = (g: GraphBuilder, x: Value, y: Value, next: () => number) => Value;

const bounded = (g: GraphBuilder, x: Value): Value => g.op("Clip", [x, g.scalar(-8), g.scalar(8)]);
const positive = (g: GraphBuilder, x: Value): Value => g.op("Add", [g.op("Abs", [x]), g.scalar(0.5)]);

/** What float32 says exactly: four operations, comparison, and what moves numbers. */
const EXACT: readonly Make[] = [
  (g, x, y) => bounded(g, g.op("Add", [x, y])),
  (g, x, y) => bounded(g, g.op("Sub", [x, y])),
  (g, x, y) => bounded(g, g.op("Mul", [x, y])),
  (g, x, y) => g.op("Div", [x, positive(g, y)]),
  (g, x, y) => g.op("Max", [x, g.op("Neg", [y])]),
  (g, x, y) => g.op("Min", [x, y]),
  (g, x, y) => g.op("Where", [g.op("Less", [x, y]), g.op("Mul", [x, g.scalar(0.3)]), y]),
  (g, x, y) => g.op("Where", [g.op("GreaterOrEqual", [x, g.scalar(0.25)]), y, g.op("Relu", [x])]),
  (g, x, y) => g.op("Where", [g.op("IsNaN", [x]), y, x]),
  (g, x, y, next) => {
    const both = g.op("Concat", [x, y], { axis: 1 });
    const from = Math.floor(4 * next());
    return g.op("Slice", [both, g.ints([from]), g.ints([from + 3]), g.ints([1])]);
  },
  (g, x) => g.op("Gather", [x, g.ints([2, 0, 1])], { axis: 1 }),
  (g, x, y) => g.op("Add", [g.op("Mul", [g.op("Sign", [x]), g.scalar(0.7)]), y]),
  (g, x) => g.op("Sub", [x, g.op("ReduceMax", [x, g.ints([1])], { keepdims: 1 })]),
];

/** Functions of libraries, and sums: alike but for the last bits. */
const SMOOTH: readonly Make[] = [
  ...EXACT.slice(0, 6),
  (g, x) => g.op("Tanh", [x]),
  (g, x) => g.op("Sigmoid", [x]),
  (g, x) => g.op("Exp", [g.op("Min", [x, g.scalar(1)])]),
  (g, x) => g.op("Log", [positive(g, x)]),
  (g, x) => g.op("Pow", [positive(g, x), g.scalar(0.7)]),
  (g, x, y) => g.op("Mul", [g.op("Sin", [x]), g.op("Atan", [y])]),
  (g, x) => g.op("Softmax", [x], { axis: 1 }),
  (g, x, y) => g.op("Sub", [x, g.op("ReduceMean", [y, g.ints([1])], { keepdims: 1 })]),
  (g, x) => g.op("Div", [x, positive(g, g.op("ReduceL2", [x, g.ints([1])], { keepdims: 1 }))]),
  (g, x) =>
    bounded(g, g.op("MatMul", [x, g.constant(Float32Array.of(1, -1, 0.5, 0.2, 1, 0, -0.3, 0.1, 1), [3, 3])])),
  (g, x) => g.op("Elu", [x], { alpha: 0.7 }),
  (g, x) => g.op("Gelu", [x], { approximate: "tanh" }),
  (g, x) => g.op("Mish", [x]),
  (g, x) => g.op("HardSwish", [x]),
  (g, x) => g.op("Softplus", [x]),
  (g, x) => g.op("Celu", [g.op("Softsign", [x])], { alpha: 0.4 }),
  (g, x) => g.op("Sub", [x, g.op("ReduceLogSum", [positive(g, x), g.ints([1])], { keepdims: 1 })]),
];

/** Random chains over three numbers and three more; every value on the way is an output. */
export function randomGraph(seed: number, kind: "exact" | "smooth", length = 24): OnnxModel {
  let state = seed * 2654435761;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const g = graphBuilder(`${kind} ${seed}`);
  const made = [g.input("a", "float32", ["N", 3]), g.input("b", "float32", ["N", 3])];
  const list = kind === "exact" ? EXACT : SMOOTH;
  const pick = (): Value => made[Math.max(0, made.length - 1 - Math.floor(6 * next()))]!;
  for (let step = 0; step < length; step++) {
    const [x, drawn] = [pick(), pick()];
    const y = drawn === x ? made[made.indexOf(x) === 0 ? 1 : 0]! : drawn;
    made.push(list[Math.floor(next() * list.length)]!(g, x, y, next));
  }
  g.output("made", g.op("Concat", made.slice(2), { axis: 1 }));
  return g.build(kind === "smooth" ? { opset: 20 } : {});
}
