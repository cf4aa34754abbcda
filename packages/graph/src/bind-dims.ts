import { checkModel } from "./check.ts";
import type { Dim, OnnxModel, ValueInfo } from "./onnx.ts";
import { illegal } from "./op/op-definition.ts";

/** The names in a dimension: `N` of `128*N`. */
function namesOf(dim: Dim): readonly string[] {
  return typeof dim === "string"
    ? dim.split("*").filter((factor) => factor !== "" && !/^\d+$/.test(factor))
    : [];
}

/**
 * Gives lengths that were only named a number, for what needs to know every length: a gradient, a training step, a runtime
 * that plans its memory. Outputs take the shapes that follow.
 *
 * @param lengths a length by name; names that are left out stay names.
 * @throws GRAPH_ILLEGAL for a name that no input has, for a length that is no positive integer, and where the graph does
 *   not hold with these lengths.
 *
 * @example
 * const step = bindDims(model, { N: 64 }); // [N, 128, 9] is now [64, 128, 9]
 */
export function bindDims(model: OnnxModel, lengths: Readonly<Record<string, number>>): OnnxModel {
  const { graph } = model;
  const who = `graph "${graph.name}"`;
  const known = new Set(graph.inputs.flatMap(({ dims }) => dims.flatMap(namesOf)));
  for (const [name, length] of Object.entries(lengths)) {
    if (!known.has(name)) throw illegal(who, "lengths", [...known].join(", ") || "no names", name);
    if (!Number.isSafeInteger(length) || length < 1)
      throw illegal(who, `length "${name}"`, "a positive integer", String(length));
  }
  const bindDim = (dim: Dim): Dim => {
    if (typeof dim === "number" || !namesOf(dim).some((name) => Object.hasOwn(lengths, name))) return dim;
    const factors = dim
      .split("*")
      .map((factor) => (Object.hasOwn(lengths, factor) ? String(lengths[factor]) : factor));
    const open = factors.filter((factor) => !/^\d+$/.test(factor));
    const number = factors
      .filter((factor) => /^\d+$/.test(factor))
      .reduce((size, factor) => size * Number(factor), 1);
    return open.length === 0 ? number : [...(number === 1 ? [] : [number]), ...open].join("*");
  };
  const bindAll = (list: readonly ValueInfo[]): readonly ValueInfo[] =>
    list.map((value) => Object.freeze({ ...value, dims: Object.freeze(value.dims.map(bindDim)) }));
  const bound: OnnxModel = {
    ...model,
    graph: {
      ...graph,
      inputs: bindAll(graph.inputs),
      outputs: bindAll(graph.outputs),
      ...(graph.values === undefined ? {} : { values: bindAll(graph.values) }),
    },
  };
  const types = checkModel(bound);
  const outputs = bound.graph.outputs.map((output) =>
    Object.freeze({ ...output, dims: types.get(output.name)!.dims }),
  );
  return Object.freeze({
    ...bound,
    graph: Object.freeze({ ...bound.graph, outputs: Object.freeze(outputs) }),
  });
}
