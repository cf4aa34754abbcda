import type { GraphBuilder, Application } from "./builder.ts";
import { ELEMENT_TYPES } from "./element-type.ts";
import { elementCount, formatType } from "./onnx.ts";
import type { GraphEmitter } from "./op/graph-emitter.ts";
import { illegal, type OpDefinition } from "./op/op-definition.ts";
import { OPS } from "./op/registry.ts";
import { unsupported } from "./unsupported.ts";
import type { Value } from "./value.ts";

/** Whether a gradient can flow through a value. */
function isFloating(value: Value): boolean {
  return ELEMENT_TYPES[value.elementType].kind === "float";
}

/** The lengths of a value as numbers. @throws GRAPH_ILLEGAL where one is not known before the graph runs. */
function knownDims(who: string, value: Value): readonly number[] {
  if (value.dims.every((dim) => typeof dim === "number")) return value.dims as readonly number[];
  throw illegal(who, `value "${value.name}"`, "a shape of known lengths", formatType(value));
}

/** The applications through which a change of `wrt` reaches the loss, in the order in which they run. */
function between(g: GraphBuilder, loss: Value, wrt: readonly Value[]): readonly Application[] {
  const moving = new Set(wrt);
  const reached = g.applications.filter(({ inputs, outputs }) => {
    if (!inputs.some((input) => input !== undefined && moving.has(input))) return false;
    for (const output of outputs) if (isFloating(output)) moving.add(output);
    return true;
  });
  const needed = new Set([loss]);
  return reached
    .toReversed()
    .filter(({ inputs, outputs }) => {
      if (!outputs.some((output) => needed.has(output))) return false;
      for (const input of inputs) if (input !== undefined && moving.has(input)) needed.add(input);
      return true;
    })
    .toReversed();
}

/**
 * Writes the gradient of a loss into the graph that computes it, as further nodes: reverse-mode differentiation as a
 * transformation of the graph (A. Griewank and A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, ch. 3).
 *
 * Every value between `wrt` and the loss must have a shape of known lengths; give the batch its size first. Where a
 * function has a corner (Relu at 0, the larger of two equals) the gradient is the one that the operator's file states.
 *
 * @param loss one number (all lengths 1), float32 or float64.
 * @param wrt the values to differentiate with respect to; usually inputs of the graph.
 * @returns for each of `wrt` a value of its type; zeros where the loss does not depend on it.
 * @throws GRAPH_ILLEGAL for a loss that is not one number or a length that is not known; MODEL_UNSUPPORTED where an
 *   operator on the way has no gradient, with its reason.
 *
 * @example
 * const g = graphBuilder("square");
 * const x = g.input("x", "float32", [3]);
 * const loss = g.op("ReduceSum", [g.op("Mul", [x, x])], { keepdims: 0 });
 * const [dx] = differentiate(g, loss, [x]);
 * g.output("dx", dx!); // 2 x
 */
export function differentiate(g: GraphBuilder, loss: Value, wrt: readonly Value[]): readonly Value[] {
  const who = `the gradient of graph "${g.name}"`;
  for (const value of [loss, ...wrt])
    if (!g.owns(value))
      throw illegal(who, `value "${value.name}"`, "a value of this graph", "one of another graph");
  const counts = loss.elementType === "float32" || loss.elementType === "float64";
  if (!counts || elementCount(knownDims(who, loss)) !== 1)
    throw illegal(
      who,
      `loss "${loss.name}"`,
      "one floating-point number, float32 or float64",
      formatType(loss),
    );
  for (const value of wrt) {
    if (!isFloating(value))
      throw illegal(who, `value "${value.name}"`, "a floating-point type", formatType(value));
    knownDims(who, value);
  }
  const emitter = g as unknown as GraphEmitter;
  const gradients = new Map<Value, Value>();
  const add = (value: Value, gradient: Value): void => {
    const known = gradients.get(value);
    gradients.set(value, known === undefined ? gradient : g.op("Add", [known, gradient]));
  };
  const zeros = (value: Value): Value =>
    g.op("Expand", [g.scalar(0, value.elementType), g.ints(knownDims(who, value))]);
  const ones = g.constant(
    loss.elementType === "float64" ? Float64Array.of(1) : Float32Array.of(1),
    knownDims(who, loss),
  );
  add(loss, ones);

  const path = between(g, loss, wrt);
  const moving = new Set<Value>([...wrt, ...path.flatMap(({ outputs }) => outputs.filter(isFloating))]);
  for (const application of path.toReversed()) {
    const { op, name, inputs, outputs, attributes } = application;
    const given = outputs.map((output) => gradients.get(output));
    if (given.every((gradient) => gradient === undefined)) continue;
    const title = `${op} node "${name}" of ${who}`;
    const { gradient: rule }: OpDefinition = OPS[op];
    if (typeof rule !== "function") {
      if (rule.zero === true) continue;
      throw unsupported(title, "an operator with a gradient", `${op}: ${rule.none}`);
    }
    for (const value of [...inputs, ...outputs]) if (value && isFloating(value)) knownDims(title, value);
    const wanted = inputs.map((input) => input !== undefined && moving.has(input));
    const found = rule({ g: emitter, who: title, inputs, outputs, attributes, gradients: given, wanted });
    for (const [at, input] of inputs.entries()) {
      const gradient = found[at];
      if (gradient === undefined || wanted[at] !== true) continue;
      if (gradient.elementType !== input!.elementType || gradient.dims.join() !== input!.dims.join())
        throw illegal(title, `the gradient of input ${at}`, formatType(input!), formatType(gradient));
      add(input!, gradient);
    }
  }
  return wrt.map((value) => gradients.get(value) ?? zeros(value));
}
