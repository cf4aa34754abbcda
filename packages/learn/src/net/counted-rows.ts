import { ELEMENT_TYPES, type GraphBuilder, type Value } from "@tideline/graph";
import type { CountedRows } from "./net.ts";

/** Which rows of a batch count, from their weights, float32 [batch]. */
export function countedRows(g: GraphBuilder, weight: Value): CountedRows {
  const one = g.op("Cast", [g.op("Greater", [weight, g.scalar(0)])], { to: ELEMENT_TYPES.float32.code });
  const count = g.op("Max", [g.op("ReduceSum", [one], { keepdims: 0 }), g.scalar(1)]);
  const row = g.op("Unsqueeze", [one, g.ints([0])]);
  return { counts: one, share: g.op("Div", [row, count]), count };
}
