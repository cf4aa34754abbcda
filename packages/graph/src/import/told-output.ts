import { formatDims, type OnnxModel } from "../onnx.ts";
import { typeWalk } from "./type-walk.ts";

/**
 * A model whose outputs have the lengths that its nodes give them: exporters state others (scikit-learn's PLSRegression the width of the
 * input), which runtimes only warn of. What is not known stays as it is stated.
 *
 * @example
 * const { model: told, notes } = toldOutputs(model); // ["y is [N, 1], where the file says [N, 4]"]
 */
export function toldOutputs(model: OnnxModel): {
  readonly model: OnnxModel;
  readonly notes: readonly string[];
} {
  const { types, follow } = typeWalk(model);
  for (const node of model.graph.nodes) follow(node);
  const notes: string[] = [];
  const outputs = model.graph.outputs.map((output) => {
    const dims = types.get(output.name)?.dims;
    const isOther = dims?.some((dim, axis) => {
      const said = output.dims[axis];
      return typeof dim === "number" && typeof said === "number" && dim !== said;
    });
    if (dims === undefined || isOther !== true || dims.length !== output.dims.length) return output;
    notes.push(`${output.name} is ${formatDims(dims)}, where the file says ${formatDims(output.dims)}`);
    const { type: _, ...plain } = output;
    return { ...plain, dims };
  });
  return notes.length === 0
    ? { model, notes }
    : { model: { ...model, graph: { ...model.graph, outputs } }, notes };
}
