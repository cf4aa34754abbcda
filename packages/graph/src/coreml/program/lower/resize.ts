import type { OpCall } from "../../../op/op-definition.ts";
import { axisWeights } from "../../../op/resize-weight.ts";
import { resizings } from "../../../op/resizing.ts";
import { floating, plain, refused, type MilRule } from "../lowering.ts";
import { dense, gather, ints, transpose } from "../primitive.ts";

/**
 * How images are resized: axis by axis, picking places where the nearest is taken, else by a product with what each place
 * takes of its neighbours. It says exactly what every mode of ours says; MIL's own operators know some of them.
 */
export const RESIZE_RULES = {
  Resize: floating((call) => {
    const { e, inputs, attributes } = call;
    const axes = resizings({ who: "writeMlProgram", inputs, attributes } as unknown as Parameters<
      typeof resizings
    >[0] &
      OpCall);
    let x = plain(call, 0);
    const all = x.dims.map((_, axis) => axis);
    for (const axis of axes) {
      const { weights, outside } = axisWeights(axis);
      if (outside.includes(true)) return refused("it reads outside of the image", "a region within it");
      const at = axis.axis;
      if (x.open[at]) return refused("it resizes the batch", "an axis of the image");
      if (axis.mode === "nearest") {
        const places = Array.from({ length: axis.to }, (_, row) =>
          weights.subarray(row * axis.from, (row + 1) * axis.from).indexOf(1),
        );
        x = gather(e, x, ints(e, places), at);
        continue;
      }
      const last = [...all.filter((one) => one !== at), at];
      const back = all.map((one) => last.indexOf(one));
      const matrix = e.constant("fp32", weights, [axis.to, axis.from]);
      x = transpose(e, dense(e, transpose(e, x, last), matrix, undefined), back);
    }
    return [x];
  }, 1),
} satisfies Record<string, MilRule>;
