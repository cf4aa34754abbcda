import type { OnnxModel, OnnxNode, OnnxTensor } from "../../onnx.ts";

/** What one reading of a constant becomes. */
export interface ConstantChange {
  /** Equal keys of one constant are one change. */
  readonly key: string;
  make(tensor: OnnxTensor): OnnxTensor;
}

/** Names that a model has, and new ones beside them. */
export function freshNames({ graph }: OnnxModel): (prefix: string) => string {
  const taken = new Set([
    ...[...graph.inputs, ...graph.initializers].map(({ name }) => name),
    ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ]);
  return (prefix) => {
    let count = 1;
    while (taken.has(`${prefix}_${count}`)) count += 1;
    taken.add(`${prefix}_${count}`);
    return `${prefix}_${count}`;
  };
}

/**
 * Changes constants where nodes read them. Readings of one constant that change alike still share it; where they change
 * in several ways, or some not at all, all but one get constants of their own.
 *
 * @param changeOf what becomes of the reading of an input, undefined where it stays.
 */
export function changedConstants(
  model: OnnxModel,
  fresh: (prefix: string) => string,
  changeOf: (node: OnnxNode, input: number) => ConstantChange | undefined,
): Pick<OnnxModel["graph"], "nodes" | "initializers"> {
  const { graph } = model;
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const whole = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const changes = new Map<string, Map<string, ConstantChange>>();
  const keyed = graph.nodes.map((node) =>
    node.inputs.map((name, input) => {
      const change = constants.has(name) ? changeOf(node, input) : undefined;
      if (change === undefined) {
        whole.add(name);
        return undefined;
      }
      const list = changes.get(name) ?? new Map<string, ConstantChange>();
      changes.set(name, list.set(change.key, change));
      return change.key;
    }),
  );
  const made = new Map<string, OnnxTensor[]>();
  const names = new Map<string, string>();
  for (const [name, list] of changes) {
    const tensors: OnnxTensor[] = [];
    for (const [key, change] of list) {
      const own = tensors.length === 0 && !whole.has(name) ? name : fresh(name);
      tensors.push(Object.freeze({ ...change.make(constants.get(name)!), name: own }));
      names.set(`${name}\n${key}`, own);
    }
    made.set(name, tensors);
  }
  return {
    nodes: graph.nodes.map((node, at) => {
      if (keyed[at]!.every((key) => key === undefined)) return node;
      const inputs = node.inputs.map((name, input) => names.get(`${name}\n${keyed[at]![input]}`) ?? name);
      return Object.freeze({ ...node, inputs: Object.freeze(inputs) });
    }),
    initializers: graph.initializers.flatMap((tensor) => {
      const changed = made.get(tensor.name);
      if (changed === undefined) return [tensor];
      return whole.has(tensor.name) ? [tensor, ...changed] : changed;
    }),
  };
}
