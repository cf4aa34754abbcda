import { REDUCE_KINDS } from "@tideline/predict";
import { elementCount } from "../../onnx.ts";
import { placeOf, type Emitter } from "../emitter.ts";
import { axisOf, floating, isWhole, numberOf, type Lowering } from "../lowering.ts";
import { viewOf, type View } from "../view.ts";

/** The lengths before an axis, of it, and behind it. */
function around(dims: readonly number[], from: number, to = from + 1): readonly [number, number, number] {
  return [
    elementCount(dims.slice(0, from)),
    elementCount(dims.slice(from, to)),
    elementCount(dims.slice(to)),
  ];
}

/** Reduces neighbouring axes, which stay with length 1. */
function reduceRun(emitter: Emitter, kind: number, view: View, from: number, to: number): View {
  const source = emitter.dense(view);
  const dims = view.dims.map((dim, axis) => (axis >= from && axis < to ? 1 : dim));
  const lengths = around(view.dims, from, to);
  return emitter.emit("reduce", [source], dims, (target) => [kind, ...lengths, placeOf(source), target]);
}

/** A reduction over any axes: one instruction for each run of neighbours, the last ones first. */
export function lowerReduce(kind: keyof typeof REDUCE_KINDS): Lowering {
  return floating((call) => {
    const { emitter, inputs, outputs } = call;
    const { dims } = inputs[0]!;
    const rank = dims.length;
    const named = Array.from(inputs[1]?.constant ?? [], (axis) => (axis + rank) % rank);
    if (named.length === 0 && numberOf(call, "noop_with_empty_axes") !== 0) return [inputs[0]!.view];
    const axes = named.length > 0 ? new Set(named) : new Set(dims.keys());
    let { view } = inputs[0]!;
    for (let to = rank; to > 0; to--) {
      if (!axes.has(to - 1)) continue;
      let from = to - 1;
      while (from > 0 && axes.has(from - 1)) from -= 1;
      if (elementCount(dims.slice(from, to)) > 1)
        view = reduceRun(emitter, REDUCE_KINDS[kind], view, from, to);
      to = from + 1;
    }
    const dense = emitter.dense(view);
    return [{ ...viewOf(dense.store, outputs[0]!.dims), offset: dense.offset }];
  }, 1);
}

/** Softmax (0) or its logarithm (1). */
export function lowerSoftmax(kind: 0 | 1): Lowering {
  return floating((call) => {
    const source = call.emitter.dense(call.inputs[0]!.view);
    const lengths = around(source.dims, axisOf(call));
    return [
      call.emitter.emit("softmax", [source], source.dims, (target) => [
        kind,
        ...lengths,
        placeOf(source),
        target,
      ]),
    ];
  });
}

/** An index as a number. */
export const lowerArgMax: Lowering = (call) => {
  const { elementType, view } = call.inputs[0]!;
  if (elementType !== "float32" && !isWhole(elementType))
    return "a table computes in float32, and this in float64";
  const source = call.emitter.dense(view);
  const last = numberOf(call, "select_last_index") === 0 ? 0 : 1;
  const lengths = around(source.dims, axisOf(call));
  return [
    call.emitter.emit("argmax", [source], call.outputs[0]!.dims, (target) => [
      last,
      ...lengths,
      placeOf(source),
      target,
    ]),
  ];
};

/** The mean or the largest over all places of each channel. */
export function lowerGlobal(kind: "mean" | "max"): Lowering {
  return floating(({ emitter, inputs, outputs }) => {
    const source = emitter.dense(inputs[0]!.view);
    const lengths = around(source.dims, 2, source.dims.length);
    return [
      emitter.emit("reduce", [source], outputs[0]!.dims, (target) => [
        REDUCE_KINDS[kind],
        ...lengths,
        placeOf(source),
        target,
      ]),
    ];
  });
}
