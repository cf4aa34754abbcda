import type { Value } from "@tideline/graph";
import { defineLayer, rowDims, rowsReshaped } from "../layer/define-layer.ts";
import type { Layer, NetScope } from "../net.ts";

/** The form of what these layers take. */
const FORM = "float32[batch, channels, samples] of at least 2 samples";

/** Below a hundredth of a channel's deviation over all rows a window counts as still: the logarithm must end somewhere. */
const STILL = 1e-2;

/** A window of channels, of at least two samples. */
export function windowDims(kind: string, scope: NetScope, x: Value): readonly [number, number] {
  const [channels, samples] = rowDims(kind, scope, x, FORM, (dims) => dims.length === 2 && dims[1]! > 1);
  return [channels!, samples!];
}

/** Each channel less its mean over the window: [batch, channels, samples]. Errors: as {@link windowStatistics}. */
export function centredWindow(): Layer {
  return defineLayer("centredWindow", (scope, x) => {
    windowDims("centredWindow", scope, x);
    const { g } = scope;
    return g.op("Sub", [x, g.op("ReduceMean", [x, g.ints([2])], { keepdims: 1 })]);
  });
}

/**
 * Numbers that sum up each channel of a window, computed in the graph: mean, least, largest, and the logarithms of the
 * deviation, of the mean distance from the mean and of the mean step from sample to sample. [batch, channels, samples]
 * becomes [batch, 6 * channels].
 *
 * @throws DEFINITION_ILLEGAL when applied to another form.
 */
export function windowStatistics(): Layer {
  return defineLayer("windowStatistics", (scope, x) => {
    const { g } = scope;
    const [channels, samples] = windowDims("windowStatistics", scope, x);
    const time = g.ints([2]);
    const over = (op: "ReduceMean" | "ReduceMin" | "ReduceMax", value: Value) =>
      g.op(op, [value, time], { keepdims: 0 });
    const logarithm = (value: Value) => g.op("Log", [g.op("Add", [value, g.scalar(STILL)])]);
    const mean = g.op("ReduceMean", [x, time], { keepdims: 1 });
    const centred = g.op("Sub", [x, mean]);
    const cut = (from: number, to: number) => g.op("Slice", [x, g.ints([from]), g.ints([to]), time]);
    const steps = g.op("Sub", [cut(1, samples), cut(0, samples - 1)]);
    const statistics = [
      rowsReshaped(scope, mean, [channels]),
      over("ReduceMin", x),
      over("ReduceMax", x),
      logarithm(g.op("Sqrt", [over("ReduceMean", g.op("Mul", [centred, centred]))])),
      logarithm(over("ReduceMean", g.op("Abs", [centred]))),
      logarithm(over("ReduceMean", g.op("Abs", [steps]))),
    ];
    return g.op("Concat", statistics, { axis: 1 });
  });
}
