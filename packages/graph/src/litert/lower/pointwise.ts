import { elementCount } from "../../onnx.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { inOrder, plainValue, type LiteCall, type LiteLowering, type LiteValue } from "../lowering.ts";
import { identityOrder, isIdentity } from "../order.ts";
import { reshape, transpose } from "../primitive.ts";

/** What a pointwise rule does with its operands, which broadcast together. */
export type Pointwise = (e: LiteEmitter, x: readonly LiteTensor[], call: LiteCall) => LiteTensor;

/** An operand of a rule whose operands lie in an order: axes aligned at the end. */
function operand(e: LiteEmitter, value: LiteValue, order: readonly number[]): LiteTensor {
  const { dims } = value;
  if (isIdentity(order) || elementCount(dims) === 1) {
    const tensor = plainValue(e, value);
    // A lone number broadcasts whatever its axes are, but must not have more of them.
    return isIdentity(order) || dims.length <= order.length ? tensor : reshape(e, tensor, []);
  }
  if (dims.length === order.length) return inOrder(e, value, order);
  const lead = Array.from({ length: order.length - dims.length }, () => 1);
  return transpose(e, reshape(e, plainValue(e, value), [...lead, ...dims]), order);
}

/**
 * The order of axes in which operands are combined: that of the first which lies otherwise than its own and has every
 * axis, so that what the layers' rules moved needs not be moved back in between.
 */
export function sharedOrder(inputs: readonly (LiteValue | undefined)[], rank: number): readonly number[] {
  const moved = inputs.find((value) => value?.order !== undefined && value.dims.length === rank);
  return moved?.order ?? identityOrder(rank);
}

/** A rule that computes number by number, in whatever order its operands lie. */
export function pointwise(rule: Pointwise): LiteLowering {
  return (call) => {
    const present = call.inputs.filter((value) => value !== undefined);
    const order = sharedOrder(present, call.outputs[0]!.dims.length);
    const tensor = rule(
      call.e,
      present.map((value) => operand(call.e, value, order)),
      call,
    );
    return [{ tensor, order }];
  };
}
