import { bindDims } from "./bind-dims.ts";
import { graphBuilder } from "./builder.ts";
import { differentiate } from "./differentiate.ts";
import { inline } from "./inline.ts";
import { OPSET, type OnnxModel } from "./onnx.ts";
import { illegal } from "./op/op-definition.ts";
import type { Value } from "./value.ts";

/** What of a model is differentiated. */
export interface DifferentiateModelOptions {
  /** The output that is the loss: one number. */
  readonly loss: string;
  /** Names of inputs and initializers to differentiate with respect to. */
  readonly wrt: readonly string[];
  /** Lengths for what the model only names, such as `{ N: 64 }`; a gradient needs them all. */
  readonly dims?: Readonly<Record<string, number>>;
  /** What stands before a name in the name of its gradient; `gradient/` by default. Another one differentiates a second time. */
  readonly prefix?: string;
}

/**
 * A model with the gradients of one of its outputs as further outputs, `gradient/<name>`, one for each name: `differentiate` for a model that
 * comes from a file. Inputs, outputs, metadata and initializers keep their names; the nodes get new ones.
 *
 * @throws GRAPH_ILLEGAL for a loss, a name or a length that does not fit; MODEL_UNSUPPORTED where the model is not one
 *   that we compute on, or an operator on the way to the loss has no gradient.
 *
 * @example
 * const step = differentiateModel(readOnnx(bytes), { loss: "loss", wrt: ["weight", "bias"], dims: { N: 64 } });
 * const session = await InferenceSession.create(writeOnnx(step)); // outputs loss, gradient/weight, gradient/bias
 */
export function differentiateModel(
  model: OnnxModel,
  { loss, wrt, dims = {}, prefix = "gradient/" }: DifferentiateModelOptions,
): OnnxModel {
  const bound = bindDims(model, dims);
  const { graph } = bound;
  const who = `graph "${graph.name}"`;
  const outputs = graph.outputs.map(({ name }) => name);
  if (!outputs.includes(loss)) throw illegal(who, "loss", `an output: ${outputs.join(", ")}`, loss);
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const asked = [...new Set(wrt)];
  const ends = asked.map((name) => `${prefix}${name}`);
  const g = graphBuilder(graph.name, { reserved: [...outputs, ...ends, ...constants.keys()] });
  const given = new Map<string, Value>();
  for (const { name, elementType, dims: shape } of graph.inputs)
    if (!constants.has(name)) given.set(name, g.input(name, elementType, shape));
  for (const name of asked) {
    const tensor = constants.get(name);
    if (tensor !== undefined)
      given.set(name, g.initializer(name, tensor.values, tensor.dims, tensor.elementType));
    else if (!given.has(name))
      throw illegal(
        who,
        "wrt",
        `inputs and initializers: ${[...given.keys(), ...constants.keys()].join(", ")}`,
        name,
      );
  }
  const found = inline(g, bound, Object.fromEntries(given));
  const gradients = differentiate(
    g,
    found[loss]!,
    asked.map((name) => given.get(name)!),
  );
  // An input or an initializer may be an output as well: it has its name already.
  const passed = new Set(outputs.filter((name) => found[name]!.name === name));
  for (const name of outputs) if (!passed.has(name)) g.output(name, found[name]!);
  for (const [at, gradient] of gradients.entries()) g.output(ends[at]!, gradient);
  const opset = bound.opsets.find(({ domain }) => domain === "" || domain === "ai.onnx")!.version;
  const built = g.build({ metadata: bound.metadata, opset: Math.max(OPSET, opset) });
  if (passed.size === 0) return built;
  const made = new Map(built.graph.outputs.map((output) => [output.name, output]));
  const all = [...outputs, ...ends].map((name) => {
    const { elementType, dims: shape } = found[name] ?? made.get(name)!;
    return made.get(name) ?? Object.freeze({ name, elementType, dims: shape });
  });
  return Object.freeze({ ...built, graph: Object.freeze({ ...built.graph, outputs: Object.freeze(all) }) });
}
