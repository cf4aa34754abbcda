import { tidelineError } from "@tideline/spec";
import type { OnnxNode, OpName, Value } from "@tideline/graph";
import { batchNorm } from "../layer/batch-norm.ts";
import type { NetScope } from "../net.ts";
import { fakeQuantise } from "./fake-quantise.ts";
import type { GraphPlan, NodePlan } from "./graph-plan.ts";

/** The attributes of a node as a builder takes them. */
function attributesOf({ op, attributes, inputs, outputs }: OnnxNode): Record<string, unknown> {
  const plain = Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]));
  // Before opset 18 the number of parts is the number of outputs, which a builder is not told.
  const parts = op === "Split" && attributes["num_outputs"] === undefined && !inputs[1];
  return parts ? { ...plain, num_outputs: outputs.length } : plain;
}

/** Writes a planned graph into the graph of a net, up to its scores. */
export function writeGraph(plan: GraphPlan, scope: NetScope, inputs: Readonly<Record<string, Value>>): Value {
  const { g } = scope;
  const values = new Map<string, Value>(Object.entries(inputs));
  const parameter = (name: string): Value => {
    const { dims, values: initial, mask, rounding } = plan.numbers.get(name)!;
    const value = scope.parameter(name, dims, () => initial.slice(), { decay: dims.length > 1 });
    const masked = mask === undefined ? value : g.op("Mul", [value, g.constant(mask, dims)]);
    return rounding === undefined ? masked : fakeQuantise(g, masked, rounding);
  };
  const valueOf = (name: string): Value | undefined => {
    if (name === "") return undefined;
    const known = values.get(name);
    if (known !== undefined) return known;
    const trained = plan.parameterOf.get(name);
    const tensor = plan.constants.get(name)!;
    const made =
      trained === undefined ? g.constant(tensor.values, tensor.dims, tensor.elementType) : parameter(trained);
    values.set(name, made);
    return made;
  };
  const write = (one: NodePlan): readonly Value[] => {
    const { node } = one;
    switch (one.kind) {
      case "norm": {
        const epsilon = node.attributes["epsilon"];
        const layer = batchNorm(epsilon?.type === "float" ? { epsilon: epsilon.value } : {});
        return [layer(scope.within(one.scope), valueOf(node.inputs[0]!)!)];
      }
      case "weight":
        return [parameter(one.name)];
      case "fixed":
        return [g.constant(one.values, one.dims)];
      case "round":
        return [fakeQuantise(g, valueOf(node.inputs[0]!)!, one.form)];
      case "widen":
        return [valueOf(node.inputs[0]!)!];
      case "plain":
        return g.ops(node.op as OpName, node.inputs.map(valueOf), attributesOf(node) as never);
    }
  };
  for (const one of plan.nodes) {
    const made = write(one);
    for (const [at, name] of one.node.outputs.entries()) if (name !== "") values.set(name, made[at]!);
  }
  const scores = values.get(plan.scores);
  if (scores !== undefined) return scores;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "graphNet",
    field: "output",
    expected: "a value that nodes make",
    received: plan.scores,
  });
}
