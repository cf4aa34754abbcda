import { ask, select } from "./expression.ts";
import {
  axisAt,
  counter,
  element,
  load,
  loops,
  placeOf,
  store,
  stridesOf,
  type Emitter,
  type Shaped,
} from "./emitter.ts";

/** Integers that decide a shape or where things come from; undefined where they are computed. */
const integers = (input: Shaped | undefined): readonly number[] | undefined =>
  input?.cell.constant && Array.from(input.cell.constant);

const Concat: Emitter = ({ inputs, outputs: [out], attributes }) => {
  const axis = axisAt(attributes["axis"] as number, out!.dims.length);
  let start = 0;
  return inputs.flatMap((input, part) => {
    const { dims } = input!;
    const base = start * stridesOf(out!.dims)[axis]!;
    start += dims[axis]!;
    if (dims.includes(0)) return [];
    return loops(
      dims,
      (index) => {
        // Strides are the whole's: an axis that is 1 in the part alone has no loop.
        const terms = dims.flatMap((dim, at) =>
          dim === 1 ? [] : [{ loop: index[at]!, stride: stridesOf(out!.dims)[at]! }],
        );
        return [store(out!.cell, { base, terms }, element(input!, index))];
      },
      `i${part}_`,
    );
  });
};

const Transpose: Emitter = ({ inputs: [x], outputs: [out], attributes }) => {
  const given = (attributes["perm"] ?? []) as readonly number[];
  const order = given.length > 0 ? given : x!.dims.map((_, axis) => x!.dims.length - 1 - axis);
  const strides = stridesOf(x!.dims);
  return loops(out!.dims, (index) => {
    const terms = order.flatMap((from, axis) =>
      out!.dims[axis] === 1 ? [] : [{ loop: index[axis]!, stride: strides[from]! }],
    );
    return [store(out!.cell, placeOf(index, out!.dims), load(x!.cell, { base: 0, terms }))];
  });
};

const Slice: Emitter = ({ inputs: [x, startsInput, , axesInput, stepsInput], outputs: [out] }) => {
  const { dims } = x!;
  const starts = integers(startsInput);
  if (starts === undefined) return { unsupported: "its bounds are computed" };
  const axes = (integers(axesInput) ?? starts.map((_, at) => at)).map((axis) => axisAt(axis, dims.length));
  const steps = integers(stepsInput) ?? starts.map(() => 1);
  const strides = stridesOf(dims);
  let base = 0;
  const step = dims.map(() => 1);
  for (const [at, axis] of axes.entries()) {
    const dim = dims[axis]!;
    const start = starts[at]! < 0 ? starts[at]! + dim : starts[at]!;
    step[axis] = steps[at]!;
    base += Math.min(Math.max(start, 0), steps[at]! > 0 ? dim : dim - 1) * strides[axis]!;
  }
  return loops(out!.dims, (index) => {
    const terms = out!.dims.flatMap((dim, axis) =>
      dim === 1 ? [] : [{ loop: index[axis]!, stride: strides[axis]! * step[axis]! }],
    );
    return [store(out!.cell, placeOf(index, out!.dims), load(x!.cell, { base, terms }))];
  });
};

const Expand: Emitter = ({ inputs: [x], outputs: [out] }) =>
  loops(out!.dims, (index) => [store(out!.cell, placeOf(index, out!.dims), element(x!, index))]);

const Split: Emitter = ({ inputs: [x], outputs, attributes }) => {
  const axis = axisAt(attributes["axis"] as number, x!.dims.length);
  const strides = stridesOf(x!.dims);
  let start = 0;
  return outputs.flatMap((out, part) => {
    const base = start * strides[axis]!;
    start += out.dims[axis]!;
    if (out.dims.includes(0)) return [];
    return loops(
      out.dims,
      (index) => {
        const terms = out.dims.flatMap((dim, at) =>
          dim === 1 ? [] : [{ loop: index[at]!, stride: strides[at]! }],
        );
        return [store(out.cell, placeOf(index, out.dims), load(x!.cell, { base, terms }))];
      },
      `i${part}_`,
    );
  });
};

const Gather: Emitter = ({ inputs: [x, indices], outputs: [out], attributes }) => {
  const axis = axisAt(attributes["axis"] as number, x!.dims.length);
  const strides = stridesOf(x!.dims);
  const width = indices!.dims.length;
  return loops(out!.dims, (index) => {
    const entry = element(indices!, index.slice(axis, axis + width));
    const rest = index.toSpliced(axis, width);
    const others = x!.dims.toSpliced(axis, 1);
    const otherStrides = strides.toSpliced(axis, 1);
    const terms = others.flatMap((dim, at) =>
      dim === 1 ? [] : [{ loop: rest[at]!, stride: otherStrides[at]! }],
    );
    const computed = { at: entry, length: x!.dims[axis]!, stride: strides[axis]! };
    return [store(out!.cell, placeOf(index, out!.dims), load(x!.cell, { base: 0, terms, computed }))];
  });
};

const OneHot: Emitter = ({ inputs: [indices, , values], outputs: [out], attributes }) => {
  if (indices!.cell.kind !== "long") return { unsupported: "its indices are fractions" };
  const { dims } = out!;
  const axis = axisAt(attributes["axis"] as number, dims.length);
  const [off, on] = [0, 1].map((at) => load(values!.cell, { base: at, terms: [] }));
  const depth = dims[axis]!;
  return loops(dims, (index) => {
    const at = element(indices!, index.toSpliced(axis, 1));
    const [here, back] = [0, -depth].map((base) => ask("equal", at, counter(index[axis]!, depth, base)));
    return [store(out!.cell, placeOf(index, dims), select(ask("or", here!, back!), on!, off!))];
  });
};

/** What moves numbers about. */
export const EMIT_SHAPE = {
  Concat,
  Expand,
  Flatten: "same array",
  Gather,
  Identity: "same array",
  OneHot,
  Reshape: "same array",
  Slice,
  Split,
  Squeeze: "same array",
  Transpose,
  Unsqueeze: "same array",
} as const;
