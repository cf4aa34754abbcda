import type { OnnxNode } from "../../onnx.ts";

/** Why a graph, or a node of it, has no classic form, and what comes nearest. */
export interface ClassicReason {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
  readonly instead: string;
}

/** A refusal on its way to the caller's `reasons`. */
export interface ClassicRefusal extends Error {
  readonly refusal: ClassicReason;
}

/** A refusal of a graph, or of one of its nodes. */
export function refusal(
  reason: string,
  instead: string,
  node?: Pick<OnnxNode, "name" | "op">,
): ClassicRefusal {
  const said = { node: node?.name ?? "", op: node?.op ?? "", reason, instead };
  return Object.assign(new Error(reason), { refusal: said });
}

/** Whether what was thrown is a refusal. */
export const isRefusal = (thrown: unknown): thrown is ClassicRefusal =>
  thrown instanceof Error && "refusal" in thrown;
