import { blockType, moveBlocks } from "./depth-space.ts";
import { dimsOf, reshaped } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";

/** Channels laid out as blocks of pixels: depth-column-row (`DCR`) or column-row-depth (`CRD`) within the channels. */
export const DepthToSpace = defineOp({
  since: 11,
  inputs: ["input"],
  attributes: { blocksize: { type: "int", required: true }, mode: { type: "string", default: "DCR" } },
  infer(call) {
    const { blocksize, mode } = call.attributes;
    if (mode !== "DCR" && mode !== "CRD") throw illegal(call.who, "mode", "DCR or CRD", mode);
    return [blockType(call, blocksize, "space")];
  },
  evaluate: ({ inputs, attributes: { blocksize, mode } }) => [
    moveBlocks(inputs[0]!, blocksize, mode, "space"),
  ],
  gradient({ g, inputs, attributes: { blocksize, mode }, gradients: [dy] }) {
    if (mode === "DCR") return [g.op("SpaceToDepth", [dy], { blocksize })];
    const [n, c, h, w] = dimsOf(inputs[0]!) as [number, number, number, number];
    const split = reshaped(g, dy!, [n, c / blocksize ** 2, h, blocksize, w, blocksize]);
    return [reshaped(g, g.op("Transpose", [split], { perm: [0, 1, 3, 5, 2, 4] }), [n, c, h, w])];
  },
});
