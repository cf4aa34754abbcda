import type { OpCall } from "../../op/op-definition.ts";
import { axisWeights } from "../../op/resize-weight.ts";
import { resizings } from "../../op/resizing.ts";
import { floating, inOrder, refused, type LiteRule } from "../lowering.ts";
import { identityOrder } from "../order.ts";
import { dense, ints, gather, transpose } from "../primitive.ts";

/**
 * How images are resized: axis by axis, picking places where the nearest is taken, else by a product with what each place
 * takes of its neighbours. It says exactly what every mode of ours says; LiteRT's own kernels know two.
 */
export const RESIZE_RULES = {
  Resize: floating((call) => {
    const { e, inputs, attributes } = call;
    const [value] = inputs;
    const known = inputs.map((input) => input && { ...input, constant: input.constant });
    const axes = resizings({ who: "writeLitert", inputs: known, attributes } as unknown as Parameters<
      typeof resizings
    >[0] &
      OpCall);
    const rank = value!.dims.length;
    const order = value!.order ?? identityOrder(rank);
    let x = inOrder(e, value!, order);
    for (const axis of axes) {
      const { weights, outside } = axisWeights(axis);
      if (outside.includes(true)) return refused("it reads outside of the image", "a region within it");
      const at = order.indexOf(axis.axis);
      if (x.open[at]) return refused("it resizes the batch", "an axis of the image");
      if (axis.mode === "nearest") {
        const places = Array.from({ length: axis.to }, (_, row) =>
          weights.subarray(row * axis.from, (row + 1) * axis.from).indexOf(1),
        );
        x = gather(e, x, ints(e, places), at);
        continue;
      }
      const last = [...identityOrder(rank).filter((one) => one !== at), at];
      const back = identityOrder(rank).map((one) => last.indexOf(one));
      const matrix = e.constant("FLOAT32", weights, [axis.to, axis.from]);
      x = transpose(e, dense(e, transpose(e, x, last), matrix, undefined), back);
    }
    return [{ tensor: x, order }];
  }, 1),
} satisfies Record<string, LiteRule>;
