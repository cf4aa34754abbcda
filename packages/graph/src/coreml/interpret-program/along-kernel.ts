import { numberAt, numbersAt, tensorAt, truthAt, type Given, type Kernel } from "./arguments.ts";
import { axisIn, broken, countOf, stridesOf, tensor, type ProgramTensor } from "./tensor.ts";

/** Groups of numbers that are reduced together: their places, and how the result lies. */
function grouped(
  { dims }: ProgramTensor,
  axes: readonly number[],
  keep: boolean,
): {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly dims: readonly number[];
} {
  const strides = stridesOf(dims);
  const walk = (chosen: (axis: number) => boolean): number[] => {
    let places = [0];
    for (const [axis, length] of dims.entries())
      if (chosen(axis))
        places = places.flatMap((place) => Array.from({ length }, (_, at) => place + at * strides[axis]!));
    return places;
  };
  return {
    starts: walk((axis) => !axes.includes(axis)),
    steps: walk((axis) => axes.includes(axis)),
    dims: keep
      ? dims.map((length, axis) => (axes.includes(axis) ? 1 : length))
      : dims.filter((_, axis) => !axes.includes(axis)),
  };
}

const reduction =
  (compute: (numbers: readonly number[]) => number): Kernel =>
  (given) => {
    const x = tensorAt(given, "x");
    const axes = numbersAt(given, "axes").map((axis) => axisIn(axis, x.dims.length));
    const { starts, steps, dims } = grouped(x, axes, truthAt(given, "keep_dims"));
    const values = Float64Array.from(starts, (start) =>
      compute(steps.map((step) => x.values[start + step]!)),
    );
    return tensor(x.type, dims, values);
  };

const sum = (numbers: readonly number[]): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};

/** The place of the best number, the first of equals. */
const place =
  (better: (a: number, b: number) => boolean): Kernel =>
  (given) => {
    const x = tensorAt(given, "x");
    const axis = axisIn(numberAt(given, "axis"), x.dims.length);
    const { starts, steps, dims } = grouped(x, [axis], truthAt(given, "keep_dims"));
    const values = Float64Array.from(starts, (start) => {
      let best = 0;
      for (let at = 1; at < steps.length; at++)
        if (better(x.values[start + steps[at]!]!, x.values[start + steps[best]!]!)) best = at;
      return best;
    });
    return { type: "int32", dims, values };
  };

/** A function of all numbers along an axis. */
function along(given: Given, rule: (numbers: Float64Array) => Float64Array): ProgramTensor {
  const x = tensorAt(given, "x");
  const axis = axisIn(numberAt(given, "axis"), x.dims.length);
  const { starts, steps } = grouped(x, [axis], true);
  const values = new Float64Array(x.values.length);
  for (const start of starts) {
    const result = rule(Float64Array.from(steps, (step) => x.values[start + step]!));
    for (const [at, step] of steps.entries()) values[start + step] = result[at]!;
  }
  return tensor(x.type, x.dims, values);
}

function softmax(numbers: Float64Array): Float64Array {
  const largest = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = numbers.map((value) => Math.exp(value - largest));
  const total = sum(Array.from(powers));
  return powers.map((value) => value / total);
}

function topk(given: Given): readonly ProgramTensor[] {
  const x = tensorAt(given, "x");
  const axis = axisIn(numberAt(given, "axis"), x.dims.length);
  const k = numberAt(given, "k");
  const sign = truthAt(given, "ascending") ? 1 : -1;
  const { starts, steps } = grouped(x, [axis], true);
  const dims = x.dims.with(axis, k);
  const stride = stridesOf(dims);
  const [values, places] = [new Float64Array(countOf(dims)), new Float64Array(countOf(dims))];
  const xStrides = stridesOf(x.dims);
  for (const start of starts) {
    const order = steps
      .map((step, at) => [x.values[start + step]!, at] as const)
      .toSorted(([a, i], [b, j]) => (a === b ? i - j : sign * (a - b)));
    let to = 0;
    for (const [one, length] of x.dims.entries())
      to += one === axis ? 0 : (Math.floor(start / xStrides[one]!) % length) * stride[one]!;
    for (let at = 0; at < k; at++)
      [values[to + at * stride[axis]!], places[to + at * stride[axis]!]] = order[at]!;
  }
  return [
    { type: x.type, dims, values },
    { type: "int32", dims, values: places },
  ];
}

function cumsum(given: Given): ProgramTensor {
  const [exclusive, reverse] = [truthAt(given, "exclusive"), truthAt(given, "reverse")];
  return along(given, (numbers) => {
    const result = new Float64Array(numbers.length);
    let total = 0;
    for (let count = 0; count < numbers.length; count++) {
      const at = reverse ? numbers.length - 1 - count : count;
      const after = total + numbers[at]!;
      result[at] = exclusive ? total : after;
      total = after;
    }
    return result;
  });
}

/** Places of matrices among the axes before the last two of a shape that they broadcast to. */
function leadPlaces(dims: readonly number[], lead: readonly number[]): readonly number[] {
  const own = dims.slice(0, -2);
  const size = countOf(dims.slice(-2));
  const strides = stridesOf(own);
  let places = [0];
  for (const [axis, length] of lead.entries()) {
    const at = axis - lead.length + own.length;
    const stride = at < 0 || own[at] === 1 ? 0 : strides[at]! * size;
    places = places.flatMap((place) => Array.from({ length }, (_, i) => place + i * stride));
  }
  return places;
}

function matmul(given: Given): ProgramTensor {
  const [x, y] = [tensorAt(given, "x"), tensorAt(given, "y")];
  const [turnX, turnY] = [truthAt(given, "transpose_x"), truthAt(given, "transpose_y")];
  const [rows, inner] = turnX ? [x.dims.at(-1)!, x.dims.at(-2)!] : [x.dims.at(-2)!, x.dims.at(-1)!];
  const [other, columns] = turnY ? [y.dims.at(-1)!, y.dims.at(-2)!] : [y.dims.at(-2)!, y.dims.at(-1)!];
  if (inner !== other || x.type !== y.type)
    throw broken(
      "matmul",
      "matrices that multiply",
      `${x.type}[${x.dims.join()}] and ${y.type}[${y.dims.join()}]`,
    );
  const rank = Math.max(x.dims.length, y.dims.length) - 2;
  const lead = Array.from({ length: rank }, (_, axis) =>
    Math.max(x.dims[axis - rank + x.dims.length - 2] ?? 1, y.dims[axis - rank + y.dims.length - 2] ?? 1),
  );
  const [fromX, fromY] = [leadPlaces(x.dims, lead), leadPlaces(y.dims, lead)];
  const values = new Float64Array(countOf(lead) * rows * columns);
  for (let matrix = 0; matrix < fromX.length; matrix++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        let total = 0;
        for (let at = 0; at < inner; at++) {
          const left = turnX ? at * rows + row : row * inner + at;
          const right = turnY ? column * inner + at : at * columns + column;
          total += x.values[fromX[matrix]! + left]! * y.values[fromY[matrix]! + right]!;
        }
        values[(matrix * rows + row) * columns + column] = total;
      }
  return tensor(x.type, [...lead, rows, columns], values);
}

function linear(given: Given): ProgramTensor {
  const [x, weight] = [tensorAt(given, "x"), tensorAt(given, "weight")];
  const bias = given["bias"] === undefined ? undefined : tensorAt(given, "bias");
  const [width, inner] = weight.dims as readonly [number, number];
  if (x.dims.at(-1) !== inner || (bias !== undefined && bias.values.length !== width))
    throw broken("linear", `${inner} numbers a row and ${width} biases`, `[${x.dims.join()}]`);
  const rows = x.values.length / inner;
  const values = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++)
    for (let unit = 0; unit < width; unit++) {
      let total = bias?.values[unit] ?? 0;
      for (let at = 0; at < inner; at++)
        total += x.values[row * inner + at]! * weight.values[unit * inner + at]!;
      values[row * width + unit] = total;
    }
  return tensor(x.type, [...x.dims.slice(0, -1), width], values);
}

/** Operators that go along axes. */
export const ALONG_KERNELS: Readonly<Record<string, Kernel>> = {
  cumsum,
  linear,
  matmul,
  reduce_argmax: place((a, b) => a > b),
  reduce_argmin: place((a, b) => a < b),
  reduce_max: reduction((numbers) => numbers.reduce((a, b) => Math.max(a, b), -Infinity)),
  reduce_mean: reduction((numbers) => sum(numbers) / numbers.length),
  reduce_min: reduction((numbers) => numbers.reduce((a, b) => Math.min(a, b), Infinity)),
  reduce_prod: reduction((numbers) => numbers.reduce((a, b) => a * b, 1)),
  reduce_sum: reduction(sum),
  softmax: (given) => along(given, softmax),
  topk,
};
