import { graphBuilder, type GraphBuilder } from "../../builder.ts";
import { differentiate } from "../../differentiate.ts";
import { valuesOf, type ElementType } from "../../element-type.ts";
import { interpret } from "../../interpret.ts";
import { NEWEST_OPSET } from "../../opset.ts";
import { OPS, isOpName } from "../registry.ts";
import type { OpDefinition } from "../op-definition.ts";
import type { GraphEmitter } from "../graph-emitter.ts";
import type { Value } from "../../value.ts";

interface Numbers {
  readonly dims: readonly number[];
  readonly values: readonly number[];
  readonly elementType?: ElementType;
}

type Constant = { readonly ints: readonly number[] } | { readonly int: number } | { readonly float: number };

/** A case of `vectors/graph/gradient`; `scripts/vectors-gradient.py` says what its fields are. */
export interface GradientVector {
  readonly name: string;
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly (string | null | Constant)[];
    readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
    readonly outputs: readonly string[];
  }[];
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly outputs: Readonly<Record<string, Numbers>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** The operators of a vector that the registry lacks. */
export function missingOps({ nodes }: GradientVector): readonly string[] {
  return nodes.flatMap(({ op }) => (isOpName(op) ? [] : [op]));
}

/** Whether every operator has a gradient; one may state why it has none, and then only values are compared. */
function isDifferentiable({ nodes }: GradientVector): boolean {
  const definitions: Readonly<Record<string, OpDefinition>> = OPS;
  return nodes.every(({ op }) => typeof definitions[op]?.gradient === "function");
}

function constantOf(g: GraphBuilder, constant: Constant): Value {
  if ("ints" in constant) return g.ints(constant.ints);
  return "int" in constant ? g.scalar(constant.int, "int64") : g.scalar(constant.float, "float64");
}

/** The largest difference between numbers as a share of the largest of the right ones; infinite where a shape differs. */
function shareOf(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...Array.from(theirs, Math.abs), Number.MIN_VALUE);
  // Where all of them are zeros in theory, what rounding left of either is compared with 1.
  const scale = largest < 1e-12 ? 1 : largest;
  const off = Array.from(ours, (value, at) => Math.abs(value - theirs[at]!) / scale);
  return off.reduce((worst, value) => (value <= worst ? worst : Number.isNaN(value) ? Infinity : value), 0);
}

/** How far our values and gradients are from the vector's, by name (`d/x` is the gradient of x), as shares of the largest. */
export function vectorShares(vector: GradientVector): Readonly<Record<string, number>> {
  const g = graphBuilder(vector.name);
  const emitter = g as unknown as GraphEmitter;
  const values = new Map<string, Value>();
  for (const [name, { dims, elementType = "float64" }] of Object.entries(vector.inputs))
    values.set(name, g.input(name, elementType, dims));
  for (const { op, inputs, attributes, outputs } of vector.nodes) {
    const given = inputs.map((input) => {
      if (input === null) return undefined;
      return typeof input === "string" ? values.get(input)! : constantOf(g, input);
    });
    const made = emitter.ops(op as Parameters<GraphEmitter["op"]>[0], given, attributes);
    for (const [at, name] of outputs.entries()) values.set(name, made[at]!);
  }
  const terms = Object.entries(vector.weights).map(([name, weights]) => {
    const value = values.get(name)!;
    const weight = g.constant(valuesOf("float64", weights), value.dims as readonly number[]);
    return emitter.op("ReduceSum", [emitter.op("Mul", [value, weight])], { keepdims: 0 });
  });
  const loss = terms.reduce((sum, term) => emitter.op("Add", [sum, term]));
  const wrt = isDifferentiable(vector) ? Object.keys(vector.gradients) : [];
  const found = differentiate(
    g,
    loss,
    wrt.map((name) => values.get(name)!),
  );
  for (const name of Object.keys(vector.outputs)) g.output(`=${name}`, values.get(name)!);
  for (const [at, gradient] of found.entries()) g.output(`d/${wrt[at]!}`, gradient);
  const results = interpret(g.build({ opset: NEWEST_OPSET }), vector.inputs);
  return Object.fromEntries([
    ...Object.entries(vector.outputs).map(([name, { dims, values: theirs }]) => {
      const ours = results[`=${name}`]!;
      return [name, ours.dims.join() === dims.join() ? shareOf(ours.values, theirs) : Infinity] as const;
    }),
    ...wrt.map(
      (name) => [`d/${name}`, shareOf(results[`d/${name}`]!.values, vector.gradients[name]!)] as const,
    ),
  ]);
}
