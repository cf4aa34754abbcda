import { ELEMENT_TYPES, interpret, type OnnxModel, type OnnxNode, type ValueInfo } from "@tideline/graph";
import { interpreterFeeds, rowInputs, type ModelRows, type RowInput } from "./model-row.ts";
import { graphPart } from "./tree-bound.ts";

/** Operators that give numbers of their first input again, each at a place that the others name. */
const MOVES: ReadonlySet<string> = new Set([
  "Expand",
  "Flatten",
  "Gather",
  "GatherElements",
  "GatherND",
  "Identity",
  "Reshape",
  "Slice",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Unsqueeze",
]);

/** Operators that choose among numbers that they are given, or tell them apart: what they give no runtime rounds. */
const CHOICES: ReadonlySet<string> = new Set([
  "Abs",
  "And",
  "ArgMax",
  "ArgMin",
  "Cast",
  "CastLike",
  "Clip",
  "Constant",
  "ConstantOfShape",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "IsInf",
  "IsNaN",
  "Less",
  "LessOrEqual",
  "Max",
  "Min",
  "Neg",
  "Not",
  "OneHot",
  "Or",
  "Relu",
  "Shape",
  "Size",
  "Where",
  "Xor",
]);

/** What there is of a value before any arithmetic: all of its numbers, some of them, or none. */
type Whole = "all" | "some" | "none";

/** Whether a node makes floats of numbers, which may be missing behind it too. */
function isFloating({ op, attributes: { to } }: OnnxNode): boolean {
  const { float32, float64 } = ELEMENT_TYPES;
  return op === "Cast" && to?.type === "int" && [float32.code, float64.code].includes(Number(to.value));
}

/** What there is of a node's results, by what there is of what it reads. */
function wholeOf(node: OnnxNode, read: readonly Whole[]): Whole {
  if (node.domain !== "") return "none";
  const areAll = (of: readonly Whole[]): boolean => of.every((one) => one === "all");
  if (node.op === "Concat" && !areAll(read)) return read.every((one) => one === "none") ? "none" : "some";
  if (MOVES.has(node.op) || isFloating(node)) return areAll(read.slice(1)) ? (read[0] ?? "none") : "none";
  return (node.op === "Concat" || CHOICES.has(node.op)) && areAll(read) ? "all" : "none";
}

/** One row of zeros. */
const zeroRow = (inputs: readonly RowInput[]): ModelRows => ({
  count: 1,
  inputs: Object.fromEntries(inputs.map(({ name, width }) => [name, new Float64Array(width)])),
});

/**
 * Which numbers of a value are inputs as they came: moved, cast, chosen among others or filled in where they are missing, and never
 * computed with. There every runtime has the same bits, and decides alike at a threshold.
 *
 * @param model a graph that takes no texts
 * @param value the name of what trees read, `[rows, features]`
 * @returns by feature
 *
 * @example
 * exactColumns(model, "features"); // [true, true, false]
 */
export function exactColumns(model: OnnxModel, value: string): readonly boolean[] {
  const { graph } = model;
  const whole = new Map<string, Whole>(
    [...graph.initializers, ...graph.inputs].map(({ name }) => [name, "all"]),
  );
  for (const node of graph.nodes) {
    const found = wholeOf(
      node,
      node.inputs.filter((name) => name !== "").map((name) => whole.get(name) ?? "none"),
    );
    for (const name of node.outputs) whole.set(name, found);
  }
  const end = (name: string): ValueInfo => ({ name, elementType: "float32", dims: ["", ""] });
  const computed = graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) => name !== "" && whole.get(name) === "none");
  // Numbers that are computed come in as NaN, the others as zeros: what is NaN behind the moves was computed.
  const before = graphPart(model, { outputs: [value].map(end) });
  const read = new Set(before.graph.nodes.flatMap(({ inputs }) => inputs).concat(value));
  const cuts = computed.filter((name) => read.has(name));
  const known = graphPart(model, { outputs: cuts.map(end) });
  const shapes = interpret(known, interpreterFeeds(rowInputs(known), zeroRow(rowInputs(known))));
  const given = cuts.map((name): ValueInfo => {
    const { elementType, dims } = shapes[name]!;
    return { name, elementType, dims };
  });
  const moves = graphPart(model, { outputs: [end(value)], given });
  const ends = rowInputs({
    ...moves,
    graph: { ...moves.graph, inputs: moves.graph.inputs.filter(({ name }) => !cuts.includes(name)) },
  });
  const missing = given.map(({ name }) => {
    const { dims, values } = shapes[name]!;
    return [name, { dims, values: values.map(() => Number.NaN) }] as const;
  });
  const { values } = interpret(moves, {
    ...interpreterFeeds(ends, zeroRow(ends)),
    ...Object.fromEntries(missing),
  })[value]!;
  return Object.freeze(Array.from(values, (number) => !Number.isNaN(number)));
}
