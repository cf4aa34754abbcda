import { blockType, moveBlocks } from "./depth-space.ts";
import { defineOp, illegal } from "./op-definition.ts";

/** Blocks of pixels laid out as channels; what `DepthToSpace` undoes. */
export const SpaceToDepth = defineOp({
  since: 1,
  sinceFor: ({ attributes: { mode } }) => (mode === "DCR" ? 1 : 28),
  inputs: ["input"],
  attributes: { blocksize: { type: "int", required: true }, mode: { type: "string", default: "DCR" } },
  infer(call) {
    const { blocksize, mode } = call.attributes;
    if (mode !== "DCR" && mode !== "CRD") throw illegal(call.who, "mode", "DCR or CRD", mode);
    return [blockType(call, blocksize, "depth")];
  },
  evaluate: ({ inputs, attributes: { blocksize, mode } }) => [
    moveBlocks(inputs[0]!, blocksize, mode, "depth"),
  ],
  gradient: ({ g, attributes: { blocksize, mode }, gradients: [dy] }) => [
    g.op("DepthToSpace", [dy], { blocksize, mode }),
  ],
});
