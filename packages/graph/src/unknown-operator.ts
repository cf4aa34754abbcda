import { findDefinition } from "./call.ts";
import type { RefusalReason } from "./known-walk.ts";
import type { OnnxModel } from "./onnx.ts";

/** The nodes of operators that this package does not have, as reasons why no file is written. */
export function unknownOperators({ graph }: OnnxModel): readonly RefusalReason[] {
  return graph.nodes
    .filter((node) => findDefinition(node) === undefined)
    .map(({ name, op, domain }) => ({
      node: name,
      op: domain === "" ? op : `${domain}.${op}`,
      reason: "it is no operator that this package has (docs/operators.md)",
      instead: op === "LabelEncoder" || op === "Tokenizer" ? "codes as an input" : "operators of the list",
    }));
}
