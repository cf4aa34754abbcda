import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";

/** Cuts a list into parts of at most `most`, as few and as even as can be. */
function cut<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  const parts = Math.ceil(items.length / most);
  return Array.from({ length: parts }, (_, at) =>
    items.slice(Math.floor((items.length * at) / parts), Math.floor((items.length * (at + 1)) / parts)),
  );
}

/** What divided nodes need: names that are free, and constants. */
interface Extra {
  readonly fresh: () => string;
  readonly lengths: (value: readonly number[]) => string;
}

/** A Concat as a tree of them. */
function narrowConcat(node: OnnxNode, most: number, extra: Extra): readonly OnnxNode[] {
  if (node.inputs.length <= most) return [node];
  const parts = cut(node.inputs, Math.max(most, Math.ceil(node.inputs.length / most)));
  const inner = parts.map((inputs) => {
    const name = extra.fresh();
    return { ...node, name, inputs, outputs: [name] };
  });
  const outer = { ...node, inputs: inner.map(({ name }) => name) };
  return [...inner.flatMap((one) => narrowConcat(one, most, extra)), outer];
}

/** A Split of known lengths as a tree of them; one of other lengths stays. */
function narrowSplit(
  node: OnnxNode,
  most: number,
  lengths: readonly number[] | undefined,
  extra: Extra,
): readonly OnnxNode[] {
  if (node.outputs.length <= most || lengths?.length !== node.outputs.length) return [node];
  const parts = cut(
    node.outputs.map((output, at) => ({ output, length: lengths[at]! })),
    Math.max(most, Math.ceil(node.outputs.length / most)),
  );
  const names = parts.map(() => extra.fresh());
  const sums = parts.map((part) => part.reduce((sum, { length }) => sum + length, 0));
  const outer = { ...node, inputs: [node.inputs[0]!, extra.lengths(sums)], outputs: names };
  return [
    outer,
    ...parts.flatMap((part, at) => {
      const own = part.map(({ length }) => length);
      const inputs = [names[at]!, extra.lengths(own)];
      const inner = {
        ...node,
        name: `${names[at]!}_split`,
        inputs,
        outputs: part.map(({ output }) => output),
      };
      return narrowSplit(inner, most, own, extra);
    }),
  ];
}

/**
 * The same model with no Concat of more than `most` inputs and no Split of more than `most` known lengths: each becomes
 * a tree of smaller ones. For runtimes whose kernels take only so many tensors at once.
 *
 * @param most at least 2.
 */
export function narrowModel(model: OnnxModel, most: number): OnnxModel {
  const { graph } = model;
  const taken = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ]);
  let count = 0;
  const fresh = (): string => {
    do count += 1;
    while (taken.has(`narrow_${count}`) || taken.has(`narrow_${count}_split`));
    return `narrow_${count}`;
  };
  const added: OnnxTensor[] = [];
  const lengths = (value: readonly number[]): string => {
    const name = fresh();
    added.push({
      name,
      elementType: "int64",
      dims: [value.length],
      values: BigInt64Array.from(value, BigInt),
    });
    return name;
  };
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const extra = { fresh, lengths };
  const nodes = graph.nodes.flatMap((node) => {
    if (node.domain !== "") return [node];
    if (node.op === "Concat") return narrowConcat(node, most, extra);
    if (node.op !== "Split") return [node];
    const given = constants.get(node.inputs[1] ?? "");
    return narrowSplit(node, most, given && Array.from(given.values, Number), extra);
  });
  if (nodes.length === graph.nodes.length) return model;
  return { ...model, graph: { ...graph, nodes, initializers: [...graph.initializers, ...added] } };
}
