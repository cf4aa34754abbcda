import {
  numberAt,
  numbersAt,
  tensorAt,
  tensorsAt,
  textAt,
  truthAt,
  type Given,
  type Kernel,
} from "./arguments.ts";
import { axisIn, broken, countOf, placed, stridesOf, type ProgramTensor } from "./tensor.ts";

function reshaped(x: ProgramTensor, dims: readonly number[]): ProgramTensor {
  if (countOf(dims) !== x.values.length)
    throw broken("shape", `${x.values.length} elements of [${x.dims.join()}]`, `[${dims.join()}]`);
  return { ...x, dims };
}

function reshape(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const shape = numbersAt(given, "shape");
  const known = shape.reduce((product, length) => (length === -1 ? product : product * length), 1);
  return reshaped(
    x,
    shape.map((length) => (length === -1 ? x.values.length / known : length)),
  );
}

function transpose(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const perm = numbersAt(given, "perm").map((axis) => axisIn(axis, x.dims.length));
  if (new Set(perm).size !== x.dims.length) throw broken("perm", `${x.dims.length} axes`, perm.join());
  const strides = stridesOf(x.dims);
  const dims = perm.map((axis) => x.dims[axis]!);
  return placed(x, dims, (index) => perm.reduce((place, axis, at) => place + strides[axis]! * index[at]!, 0));
}

function sliceByIndex(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const [begin, end, stride] = ["begin", "end", "stride"].map((name) => numbersAt(given, name)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const [fromStart, toEnd] = [numbersAt(given, "begin_mask"), numbersAt(given, "end_mask")];
  const ranges = x.dims.map((length, axis): readonly [from: number, count: number] => {
    const step = stride[axis]!;
    const inside = (at: number): number => (at < 0 ? at + length : at);
    const from = fromStart[axis] ? (step > 0 ? 0 : length - 1) : inside(begin[axis]!);
    const to = toEnd[axis] ? (step > 0 ? length : -1) : Math.min(inside(end[axis]!), length);
    const count = Math.ceil((to - from) / step);
    if (!(count > 0 && from >= 0 && from < length))
      throw broken("slice_by_index", `a part of ${length}`, `${from} to ${to}`);
    return [from, count];
  });
  const strides = stridesOf(x.dims);
  return placed(
    x,
    ranges.map(([, count]) => count),
    (index) =>
      index.reduce((place, at, axis) => place + strides[axis]! * (ranges[axis]![0] + at * stride[axis]!), 0),
  );
}

function concat(given: Given): ProgramTensor {
  const list = tensorsAt(given, "values");
  const [first] = list as [ProgramTensor];
  const axis = axisIn(numberAt(given, "axis"), first.dims.length);
  const others = list.find(
    ({ type, dims }) =>
      type !== first.type ||
      dims.length !== first.dims.length ||
      dims.some((length, at) => at !== axis && length !== first.dims[at]),
  );
  if (others !== undefined)
    throw broken(
      "concat",
      `${first.type}[${first.dims.join()}] but for axis ${axis}`,
      `${others.type}[${others.dims.join()}]`,
    );
  const length = list.reduce((sum, { dims }) => sum + dims[axis]!, 0);
  const inner = countOf(first.dims.slice(axis + 1));
  const outer = countOf(first.dims.slice(0, axis));
  const values = new Float64Array(outer * length * inner);
  let to = 0;
  for (let block = 0; block < outer; block++)
    for (const part of list) {
      const size = part.dims[axis]! * inner;
      values.set(part.values.subarray(block * size, (block + 1) * size), to);
      to += size;
    }
  return { type: first.type, dims: first.dims.with(axis, length), values };
}

function stack(given: Given): ProgramTensor {
  const list = tensorsAt(given, "values");
  const axis = axisIn(numberAt(given, "axis"), list[0]!.dims.length + 1);
  const wide = list.map((one) => ({ ...one, dims: one.dims.toSpliced(axis, 0, 1) }));
  const place: ProgramTensor = { type: "int32", dims: [], values: Float64Array.of(axis) };
  return concat({ values: wide, axis: place });
}

function split(given: Given): readonly ProgramTensor[] {
  const x = tensorAt(given, "x");
  const axis = axisIn(numberAt(given, "axis"), x.dims.length);
  const length = x.dims[axis]!;
  const count = given["num_splits"] === undefined ? undefined : numberAt(given, "num_splits");
  const sizes =
    count === undefined
      ? numbersAt(given, "split_sizes")
      : Array.from({ length: count }, () => length / count);
  if (sizes.some((size) => !Number.isInteger(size)) || sizes.reduce((a, b) => a + b, 0) !== length)
    throw broken("split", `parts of ${length}`, sizes.join());
  const strides = stridesOf(x.dims);
  let start = 0;
  return sizes.map((size) => {
    const from = start * strides[axis]!;
    start += size;
    return placed(x, x.dims.with(axis, size), (index) =>
      index.reduce((place, at, one) => place + strides[one]! * at, from),
    );
  });
}

/** A place among `length`, which may be counted from the end. */
function within(place: number, length: number): number {
  const front = place < 0 ? place + length : place;
  if (!(front >= 0 && front < length)) throw broken("indices", `a place among ${length}`, String(place));
  return front;
}

function gather(given: Given): ProgramTensor {
  const [x, indices] = [tensorAt(given, "x"), tensorAt(given, "indices")];
  const axis = axisIn(numberAt(given, "axis"), x.dims.length);
  const inner = countOf(x.dims.slice(axis + 1));
  const length = x.dims[axis]!;
  const outer = countOf(x.dims.slice(0, axis));
  const values = new Float64Array(outer * indices.values.length * inner);
  let to = 0;
  for (let block = 0; block < outer; block++)
    for (const place of indices.values) {
      const from = (block * length + within(place, length)) * inner;
      values.set(x.values.subarray(from, from + inner), to);
      to += inner;
    }
  return { type: x.type, dims: x.dims.toSpliced(axis, 1, ...indices.dims), values };
}

function gatherAlongAxis(given: Given): ProgramTensor {
  const [x, indices] = [tensorAt(given, "x"), tensorAt(given, "indices")];
  const axis = axisIn(numberAt(given, "axis"), x.dims.length);
  if (x.dims.some((length, at) => at !== axis && length !== indices.dims[at]))
    throw broken("gather_along_axis", `[${x.dims.join()}] but for axis ${axis}`, `[${indices.dims.join()}]`);
  const strides = stridesOf(x.dims);
  const own = stridesOf(indices.dims);
  return placed(x, indices.dims, (index) => {
    const at = index.reduce((place, one, place2) => place + own[place2]! * one, 0);
    return index.reduce(
      (place, one, axis2) =>
        place + strides[axis2]! * (axis2 === axis ? within(indices.values[at]!, x.dims[axis]!) : one),
      0,
    );
  });
}

function gatherNd(given: Given): ProgramTensor {
  const [x, indices] = [tensorAt(given, "x"), tensorAt(given, "indices")];
  const depth = indices.dims.at(-1)!;
  const inner = countOf(x.dims.slice(depth));
  const strides = stridesOf(x.dims);
  const count = indices.values.length / depth;
  const values = new Float64Array(count * inner);
  for (let at = 0; at < count; at++) {
    let from = 0;
    for (let axis = 0; axis < depth; axis++)
      from += strides[axis]! * within(indices.values[at * depth + axis]!, x.dims[axis]!);
    values.set(x.values.subarray(from, from + inner), at * inner);
  }
  return { type: x.type, dims: [...indices.dims.slice(0, -1), ...x.dims.slice(depth)], values };
}

function pad(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  if (textAt(given, "mode") !== "constant") throw broken("mode", "constant", textAt(given, "mode"));
  const around = numbersAt(given, "pad");
  const lead = x.dims.length - around.length / 2;
  const before = x.dims.map((_, axis) => around[2 * (axis - lead)] ?? 0);
  const dims = x.dims.map((length, axis) => length + before[axis]! + (around[2 * (axis - lead) + 1] ?? 0));
  const strides = stridesOf(dims);
  const values = new Float64Array(countOf(dims)).fill(numberAt(given, "constant_val"));
  const own = stridesOf(x.dims);
  for (let at = 0; at < x.values.length; at++) {
    let to = 0;
    for (let axis = 0; axis < dims.length; axis++)
      to += strides[axis]! * ((Math.floor(at / own[axis]!) % x.dims[axis]!) + before[axis]!);
    values[to] = x.values[at]!;
  }
  return { type: x.type, dims, values };
}

function tile(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const reps = numbersAt(given, "reps");
  if (reps.length !== x.dims.length) throw broken("reps", `${x.dims.length} numbers`, String(reps.length));
  const strides = stridesOf(x.dims);
  const dims = x.dims.map((length, axis) => length * reps[axis]!);
  return placed(x, dims, (index) =>
    index.reduce((place, at, axis) => place + strides[axis]! * (at % x.dims[axis]!), 0),
  );
}

function reverse(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const axes = numbersAt(given, "axes").map((axis) => axisIn(axis, x.dims.length));
  const strides = stridesOf(x.dims);
  return placed(x, x.dims, (index) =>
    index.reduce(
      (place, at, axis) => place + strides[axis]! * (axes.includes(axis) ? x.dims[axis]! - 1 - at : at),
      0,
    ),
  );
}

function reverseSequence(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const lengths = numbersAt(given, "lengths");
  const [time, batch] = ["seq_axis", "batch_axis"].map((name) =>
    axisIn(numberAt(given, name), x.dims.length),
  ) as [number, number];
  const strides = stridesOf(x.dims);
  return placed(x, x.dims, (index) => {
    const length = lengths[index[batch]!]!;
    const at = index[time]! < length ? length - 1 - index[time]! : index[time]!;
    return index.reduce((place, one, axis) => place + strides[axis]! * (axis === time ? at : one), 0);
  });
}

/** Operators that make, rearrange and pick elements. */
export const MOVE_KERNELS: Readonly<Record<string, Kernel>> = {
  concat: (given) => {
    if (truthAt(given, "interleave")) throw broken("interleave", "false", "true");
    return concat(given);
  },
  fill: (given) => {
    const { type } = tensorAt(given, "value");
    const dims = numbersAt(given, "shape");
    return { type, dims, values: new Float64Array(countOf(dims)).fill(numberAt(given, "value")) };
  },
  gather,
  gather_along_axis: gatherAlongAxis,
  gather_nd: gatherNd,
  pad,
  reshape,
  reverse,
  reverse_sequence: reverseSequence,
  shape: (given) => {
    const { dims } = tensorAt(given, "x");
    return { type: "int32", dims: [dims.length], values: Float64Array.from(dims) };
  },
  slice_by_index: sliceByIndex,
  split,
  squeeze: (given) => {
    const x = tensorAt(given, "x");
    const axes = numbersAt(given, "axes").map((axis) => axisIn(axis, x.dims.length));
    return reshaped(
      x,
      x.dims.filter((_, axis) => !axes.includes(axis)),
    );
  },
  stack,
  tile,
  transpose,
};
