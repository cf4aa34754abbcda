import { defineOp } from "./op-definition.ts";

/** The input, unchanged. */
export const Identity = defineOp({
  inputs: ["input"],
  attributes: {},
  infer: ({ inputs }) => [{ elementType: inputs[0]!.elementType, dims: inputs[0]!.dims }],
  evaluate: ({ inputs }) => [inputs[0]!.values.slice()],
});
