import { elementCount } from "../../onnx.ts";
import { axisOf, type LowerCall, type Lowering } from "../lowering.ts";
import { placeOf } from "../emitter.ts";
import { reshapeView, type View } from "../view.ts";

/** The same elements in another shape; they move only where they do not lie in order. */
export const lowerReshape: Lowering = ({ emitter, inputs, outputs }) => {
  const { view } = inputs[0]!;
  const { dims } = outputs[0]!;
  return [reshapeView(view, dims) ?? reshapeView(emitter.dense(view), dims)!];
};

/** The input as it is. */
export const lowerIdentity: Lowering = ({ inputs }) => [inputs[0]!.view];

/** A part of the input: another offset, other steps. */
export const lowerSlice: Lowering = (call) => {
  const { view, dims } = call.inputs[0]!;
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((at) => call.inputs[at]?.constant);
  let { offset } = view;
  const strides = [...view.strides];
  for (const [at, start] of starts!.entries()) {
    const axis = ((axes?.[at] ?? at) + dims.length) % dims.length;
    const step = steps?.[at] ?? 1;
    const first = Math.min(
      Math.max(start < 0 ? start + dims[axis]! : start, 0),
      step > 0 ? dims[axis]! : dims[axis]! - 1,
    );
    offset += first * view.strides[axis]!;
    strides[axis]! *= step;
  }
  return ends === undefined
    ? "bounds computed as the graph runs"
    : [{ ...view, offset, strides, dims: call.outputs[0]!.dims }];
};

/** Parts of the input, one behind another along an axis. */
export const lowerSplit: Lowering = (call) => {
  const { view } = call.inputs[0]!;
  const axis = axisOf(call);
  let from = 0;
  return call.outputs.map(({ dims }) => {
    const part: View = { ...view, offset: view.offset + from * view.strides[axis]!, dims };
    from += dims[axis]!;
    return part;
  });
};

/** Axes in another order. */
export const lowerTranspose: Lowering = ({ inputs, attributes, outputs }) => {
  const { view } = inputs[0]!;
  const perm =
    (attributes["perm"] as readonly number[] | undefined) ?? view.dims.map((_, axis) => axis).toReversed();
  return [{ ...view, dims: outputs[0]!.dims, strides: perm.map((axis) => view.strides[axis]!) }];
};

/** Where the indices make equal steps the result is a view of the input; otherwise a list goes into the table. */
export const lowerGather: Lowering = (call) => {
  const { emitter, inputs, outputs } = call;
  const [data, indices] = [inputs[0]!, inputs[1]!];
  if (indices.constant === undefined) return "indices computed as the graph runs";
  const axis = axisOf(call);
  const length = data.dims[axis]!;
  const list = Int32Array.from(indices.constant, (index) => (index < 0 ? index + length : index));
  const { dims } = outputs[0]!;
  const flat = [...data.dims.slice(0, axis), list.length, ...data.dims.slice(axis + 1)];
  const step = list.length > 1 ? list[1]! - list[0]! : 1;
  if (list.length > 0 && list.every((index, at) => index === list[0]! + at * step)) {
    const { view } = data;
    const cut: View = {
      ...view,
      offset: view.offset + list[0]! * view.strides[axis]!,
      dims: flat,
      strides: view.strides.with(axis, view.strides[axis]! * step),
    };
    return [reshapeView(cut, dims) ?? reshapeView(emitter.dense(cut), dims)!];
  }
  const source = emitter.dense(data.view);
  const [outer, inner] = [data.dims.slice(0, axis), data.dims.slice(axis + 1)].map(elementCount);
  return [
    emitter.emit("gather", [source], dims, (target) => [
      outer!,
      length,
      inner!,
      list.length,
      placeOf(source),
      target,
      { words: list },
    ]),
  ];
};

/** Every part copied to its place. */
export const lowerConcat: Lowering = (call: LowerCall) => {
  const { emitter, inputs, outputs } = call;
  if (inputs.length === 1) return [inputs[0]!.view];
  const axis = axisOf(call);
  const whole = emitter.buffer(outputs[0]!.dims);
  let at = 0;
  for (const input of inputs) {
    const { view, dims } = input!;
    emitter.move(view, { ...whole, dims, offset: at * whole.strides[axis]! });
    at += dims[axis]!;
  }
  return [whole];
};
