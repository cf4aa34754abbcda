import { blockType, moveBlocks } from "./depth-space.ts";
import { defineOp } from "./op-definition.ts";

/** Blocks of pixels laid out as channels; what `DepthToSpace` undoes. */
export const SpaceToDepth = defineOp({
  since: 1,
  inputs: ["input"],
  attributes: { blocksize: { type: "int", required: true } },
  infer: (call) => [blockType(call, call.attributes.blocksize, "depth")],
  evaluate: ({ inputs, attributes }) => [moveBlocks(inputs[0]!, attributes.blocksize, "DCR", "depth")],
  gradient: ({ g, attributes: { blocksize }, gradients: [dy] }) => [
    g.op("DepthToSpace", [dy], { blocksize, mode: "DCR" }),
  ],
});
