import type { OnnxGraph } from "../onnx.ts";
import { ELEMENTWISE_RULES } from "./lower/elementwise.ts";

const MOVING: ReadonlySet<string> = new Set(["Concat", "Gather", "Pad", "Slice", "Split"]);

/** Whether a node takes its axes in any order. */
const takesAnyOrder = (op: string): boolean =>
  Object.hasOwn(ELEMENTWISE_RULES, op) || MOVING.has(op) || op.startsWith("Reduce");

/**
 * Orders of axes in which inputs may lie from the start: those that the graph itself brings them to, behind operators to which
 * the order does not matter. The batch stays first.
 */
export function turnsOf({ inputs, nodes }: OnnxGraph): readonly (readonly number[])[] {
  const ranks = new Set(inputs.map(({ dims }) => dims.length));
  const reached = new Set(inputs.map(({ name }) => name));
  const turns = new Map<string, readonly number[]>();
  for (const { op, inputs: taken, outputs, attributes } of nodes) {
    if (!taken.some((name) => reached.has(name))) continue;
    if (takesAnyOrder(op)) for (const name of outputs) reached.add(name);
    const perm = attributes["perm"];
    if (op !== "Transpose" || perm?.type !== "ints") continue;
    const turn = perm.value;
    if (turn[0] === 0 && ranks.has(turn.length)) turns.set(turn.join(), turn);
  }
  return [...turns.values()];
}
