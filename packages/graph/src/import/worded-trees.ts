import type { OnnxNode } from "../onnx.ts";

/** The texts that trees vote for; none where they vote for numbers, or where the node is another one. */
export function wordsOfTrees({ op, domain, attributes }: OnnxNode): readonly string[] | undefined {
  const words = attributes["classlabels_strings"];
  const isWorded = op === "TreeEnsembleClassifier" && domain === "ai.onnx.ml" && words?.type === "strings";
  return isWorded && words.value.length > 0 ? words.value : undefined;
}

/** The same trees, which vote for the places of their texts. */
export function treesByPlace(node: OnnxNode, words: readonly string[]): OnnxNode {
  const { classlabels_strings: _, ...attributes } = node.attributes;
  const places = { type: "ints", value: words.map((__, place) => place) } as const;
  return { ...node, attributes: { ...attributes, classlabels_int64s: places } };
}
