import { Cast, CAST_RULES, castSince } from "./Cast.ts";
import { defineOp } from "./op-definition.ts";

/** The first input in the element type of the second; see Cast. */
export const CastLike = defineOp({
  since: 15,
  inputs: ["input", "target_type"],
  sinceFor: ({ attributes }) => castSince(attributes, 15),
  attributes: CAST_RULES,
  infer: ({ inputs: [input, target] }) => [{ elementType: target!.elementType, dims: input!.dims }],
  evaluate: (call) => Cast.evaluate({ ...call, attributes: { ...call.attributes, to: 0 } }),
  gradient: ({ g, inputs: [x], gradients: [dy] }) => [g.op("CastLike", [dy, x])],
});
