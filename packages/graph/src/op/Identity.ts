import { defineOp } from "./op-definition.ts";

/** The input, unchanged. */
export const Identity = defineOp({
  since: 1,
  inputs: ["input"],
  attributes: {},
  infer: ({ inputs }) => [{ elementType: inputs[0]!.elementType, dims: inputs[0]!.dims }],
  evaluate: ({ inputs }) => [inputs[0]!.values.slice()],
  gradient: ({ gradients }) => gradients,
});
