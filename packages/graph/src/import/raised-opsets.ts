import { findDefinition } from "../call.ts";
import { OPSET, type OnnxNode, type OpsetImport } from "../onnx.ts";
import { sinceOf } from "../opset.ts";

const newest = (nodes: readonly OnnxNode[]): number =>
  Math.max(
    1,
    ...nodes.map((node) => {
      const definition = node.domain === "" ? findDefinition(node) : undefined;
      return definition === undefined ? 1 : sinceOf(definition);
    }),
  );

/**
 * The opsets of a model in which nodes were written: as new as those need, unless a node that was kept meant something else in the
 * one that is stated, which `checkModel` then refuses. `ai.onnx.ml` goes with its last node.
 */
export function raisedOpsets(
  opsets: readonly OpsetImport[],
  kept: readonly OnnxNode[],
  written: readonly OnnxNode[],
): readonly OpsetImport[] {
  const isStandard = ({ domain }: OpsetImport): boolean => domain === "" || domain === "ai.onnx";
  const stated = opsets.find(isStandard)?.version;
  const needed = newest(written);
  const usesMl = [...kept, ...written].some(({ domain }) => domain === "ai.onnx.ml");
  const looksUp = written.some(({ domain }) => domain === "ai.onnx.ml");
  const raised = opsets
    .filter(({ domain }) => usesMl || domain !== "ai.onnx.ml")
    .map((one) => {
      if (isStandard(one) && needed > one.version && newest(kept) <= one.version)
        return { ...one, version: needed };
      // Keys and values of a LabelEncoder are of version 2; trees mean the same in both.
      return looksUp && one.domain === "ai.onnx.ml" && one.version < 2 ? { ...one, version: 2 } : one;
    });
  return stated === undefined ? [...raised, { domain: "", version: OPSET }] : raised;
}
