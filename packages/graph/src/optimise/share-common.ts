import type { OnnxAttribute, OnnxModel, OnnxNode } from "../onnx.ts";
import { edited, renamedInputs, type Pass, type Rewritten } from "./pass.ts";

/** A text that equal attributes share; tensors are compared by their bits. */
function attributeKey(attribute: OnnxAttribute): string {
  return JSON.stringify(attribute, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (Object.is(value, -0)) return "-0";
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    return ArrayBuffer.isView(value) && "values" in value
      ? [...(value as unknown as Iterable<unknown>)]
      : value;
  });
}

/** A text that equal computations share. */
function nodeKey({ domain, op, inputs, outputs, attributes }: OnnxNode): string {
  const parts = Object.keys(attributes)
    .sort()
    .map((name) => [name, attributeKey(attributes[name]!)]);
  return JSON.stringify([domain, op, inputs, outputs.map((name) => name === ""), parts]);
}

/**
 * Computes once what several nodes compute alike: same operator, same inputs, same attributes (common subexpressions).
 * A node that makes an output of the graph stays.
 */
export const shareCommon: Pass = {
  bound: 0,
  rewrite(model: OnnxModel): Rewritten {
    const results = new Set(model.graph.outputs.map(({ name }) => name));
    const known = new Map<string, OnnxNode>();
    const names = new Map<string, string>();
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    let rewrites = 0;
    for (const node of model.graph.nodes) {
      const own = renamedInputs(node, names);
      const key = nodeKey(own);
      const first = known.get(key);
      if (first !== undefined && !node.outputs.some((name) => results.has(name))) {
        for (const [at, name] of node.outputs.entries()) names.set(name, first.outputs[at]!);
        names.delete("");
        nodes.set(node, []);
        rewrites += 1;
        continue;
      }
      if (first === undefined) known.set(key, own);
      if (own !== node) nodes.set(node, [own]);
    }
    return edited(model, { nodes }, rewrites);
  },
};
