import {
  intAttribute,
  keepAll,
  keepAxis,
  keepValue,
  tieAxes,
  type AxisPlaces,
  type AxisRule,
  type RuleCall,
} from "./axis-rule.ts";

/** Ties a summed axis of what is multiplied: it can go only where a factor is constant, so that its weights can be zero. */
function tieSummed(call: RuleCall, left: AxisPlaces, right: AxisPlaces): void {
  const [a, b] = call.inputs;
  if (a?.constant === undefined && b?.constant === undefined) {
    keepAxis(call, left);
    keepAxis(call, right);
  }
  tieAxes(call, left, right);
}

/** `alpha A' B' + beta C`. */
export const gemm: AxisRule = (call) => {
  const [a, b, c] = call.inputs;
  const y = call.outputs[0]!;
  const [transA, transB] = [intAttribute(call.node, "transA", 0), intAttribute(call.node, "transB", 0)];
  const [m, k] = transA === 0 ? a!.axes : a!.axes.toReversed();
  const [inner, n] = transB === 0 ? b!.axes : b!.axes.toReversed();
  tieSummed(call, k, inner);
  tieAxes(call, m, y.axes[0]);
  tieAxes(call, n, y.axes[1]);
  if (c === undefined) return;
  const lead = 2 - c.axes.length;
  for (const [axis, places] of c.axes.entries()) {
    const of = y.axes[lead + axis];
    if (places?.length === 1 && of?.length !== 1) keepAxis(call, places);
    else tieAxes(call, places, of);
  }
};

/** Products of matrices over axes that broadcast. */
export const matMul: AxisRule = (call) => {
  const [a, b] = call.inputs;
  const y = call.outputs[0]!;
  if (a!.axes.length < 2 || b!.axes.length < 2) return keepAll(call);
  tieSummed(call, a!.axes.at(-1), b!.axes.at(-2));
  tieAxes(call, a!.axes.at(-2), y.axes.at(-2));
  tieAxes(call, b!.axes.at(-1), y.axes.at(-1));
  for (const factor of [a!, b!]) {
    const lead = y.axes.length - factor.axes.length;
    for (const [axis, places] of factor.axes.slice(0, -2).entries()) {
      const of = y.axes[lead + axis];
      if (places?.length === 1 && of?.length !== 1) keepAxis(call, places);
      else tieAxes(call, places, of);
    }
  }
};

/**
 * Convolutions. Channels of one group (a depthwise convolution has as many groups as channels) see one another, so that
 * a group goes as a whole, with the channels that it makes.
 */
export const convolution: AxisRule = (call) => {
  const [x, w, b] = call.inputs;
  const y = call.outputs[0]!;
  if (w?.constant === undefined) return keepAll(call);
  const groups = intAttribute(call.node, "group", 1);
  tieAxes(call, x!.axes[0], y.axes[0]);
  for (const axis of [...x!.axes.slice(2), ...y.axes.slice(2), ...w.axes.slice(2)]) keepAxis(call, axis);
  const transposed = call.node.op === "ConvTranspose";
  const [made, seen] = transposed ? [w.axes[1], w.axes[0]] : [w.axes[0], w.axes[1]];
  const [from, to] = [x!.axes[1], y.axes[1]];
  if (groups === 1) {
    tieAxes(call, from, seen);
    tieAxes(call, to, made);
    if (b !== undefined) tieAxes(call, b.axes[0], to);
    return;
  }
  if (transposed || from === undefined || to === undefined) return keepAll(call);
  keepValue(call, { ...w, axes: [w.axes[1]] });
  tieAxes(call, to, made);
  if (b !== undefined) tieAxes(call, b.axes[0], to);
  const [ins, outs] = [from.length / groups, to.length / groups];
  for (let group = 0; group < groups; group++) {
    const first = to[group * outs]!;
    for (const place of from.subarray(group * ins, (group + 1) * ins)) call.partition.join(place, first);
    for (const place of to.subarray(group * outs, (group + 1) * outs)) call.partition.join(place, first);
  }
};
