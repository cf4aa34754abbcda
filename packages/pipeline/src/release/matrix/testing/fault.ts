import type { OnnxModel, OnnxNode, OnnxTensor } from "@tideline/graph";

const changedNodes = (model: OnnxModel, of: (node: OnnxNode) => OnnxNode): OnnxModel => ({
  ...model,
  graph: { ...model.graph, nodes: model.graph.nodes.map(of) },
});

const changedConstants = (model: OnnxModel, of: (tensor: OnnxTensor) => OnnxTensor): OnnxModel => ({
  ...model,
  graph: { ...model.graph, initializers: model.graph.initializers.map(of) },
});

/** What an exporter writes that takes the axes of square weights for one another. */
export function swappedAxis(model: OnnxModel): OnnxModel {
  let done = false;
  return changedConstants(model, (tensor) => {
    const [rows, columns] = tensor.dims;
    if (done || tensor.dims.length !== 2 || rows !== columns || rows! < 2) return tensor;
    done = true;
    const values = Float32Array.from(tensor.values as Float32Array, (_, at) =>
      Number(tensor.values[(at % columns!) * columns! + Math.floor(at / columns!)]),
    );
    return { ...tensor, values };
  });
}

/** What an exporter writes whose trees count columns from one; only tree `tree` where one is named. */
export function shiftedFeature(model: OnnxModel, columns: number, tree?: number): OnnxModel {
  return changedNodes(model, (node) => {
    const { nodes_featureids: ids, nodes_treeids: trees } = node.attributes;
    if (ids?.type !== "ints" || trees?.type !== "ints") return node;
    const value = ids.value.map((id, at) =>
      tree === undefined || Number(trees.value[at]) === tree ? (Number(id) + 1) % columns : id,
    );
    return { ...node, attributes: { ...node.attributes, nodes_featureids: { ...ids, value } } };
  });
}

/** What an exporter writes that shifts negative zero points: bytes of LiteRT, in which a vector of one int64 holds it. */
export function shiftedZeros(bytes: Uint8Array, by: number): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  for (let at = 0; at + 12 <= changed.length; at += 4) {
    const zero = view.getBigInt64(at + 4, true);
    if (view.getInt32(at, true) === 1 && zero < 0n && zero >= -128n)
      view.setBigInt64(at + 4, BigInt(Math.min(127, Number(zero) + by)), true);
  }
  return changed;
}

/**
 * What an exporter writes whose weights of 8 bits stand about another zero point: `weight.bin` of an ML Program, in which each entry has a
 * header of 64 bytes (sentinel, type 4 for int8, length, place).
 */
export function shiftedWeights(bytes: Uint8Array, by: number): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  for (let at = 64; at + 64 <= changed.length; at += 64) {
    if (view.getUint32(at, true) !== 0xdeadbeef || view.getUint32(at + 4, true) !== 4) continue;
    const [length, from] = [8, 16].map((place) => Number(view.getBigUint64(at + place, true))) as [
      number,
      number,
    ];
    for (let place = from; place < from + length; place += 1)
      view.setInt8(place, Math.max(-128, view.getInt8(place) - by));
  }
  return changed;
}

/** Trees that compare otherwise, or with thresholds times a number. */
export function changedTrees(
  model: OnnxModel,
  {
    nodes_modes: mode,
    nodes_values: times = 1,
  }: { readonly nodes_modes?: string; readonly nodes_values?: number },
): OnnxModel {
  return changedNodes(model, (node) => {
    const { nodes_modes: modes, nodes_values: values } = node.attributes;
    if (modes?.type !== "strings" || values?.type !== "floats") return node;
    const told = modes.value.map((own) => (own === "LEAF" ? own : (mode ?? own)));
    const moved = values.value.map((value) => Math.fround(value * times));
    return {
      ...node,
      attributes: {
        ...node.attributes,
        nodes_modes: { ...modes, value: told },
        nodes_values: { ...values, value: moved },
      },
    };
  });
}

/** Trees whose leaves say a share of what they should. */
export function changedLeaves(model: OnnxModel, times: number): OnnxModel {
  return changedNodes(model, (node) => {
    const weights = node.attributes["class_weights"] ?? node.attributes["target_weights"];
    if (weights?.type !== "floats") return node;
    const name = node.op === "TreeEnsembleClassifier" ? "class_weights" : "target_weights";
    const changed = { ...weights, value: weights.value.map((value) => value * times) };
    return { ...node, attributes: { ...node.attributes, [name]: changed } };
  });
}
