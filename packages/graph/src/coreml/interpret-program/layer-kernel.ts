import {
  numberAt,
  numbersAt,
  optionalAt,
  tensorAt,
  textAt,
  truthAt,
  type Given,
  type Kernel,
} from "./arguments.ts";
import { axisIn, broken, countOf, stridesOf, tensor, type ProgramTensor } from "./tensor.ts";

/** How windows lie on the spatial axes of `[N, C, ...]`. */
interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly lengths: readonly number[];
}

function windowsOf(given: Given, x: ProgramTensor, kernel: readonly number[]): Windows {
  const strides = numbersAt(given, "strides");
  const dilations = given["dilations"] === undefined ? kernel.map(() => 1) : numbersAt(given, "dilations");
  const kind = textAt(given, "pad_type");
  if (kind !== "valid" && kind !== "custom") throw broken("pad_type", "valid or custom", kind);
  const around = kind === "custom" ? numbersAt(given, "pad") : kernel.flatMap(() => [0, 0]);
  const lengths = x.dims.slice(2).map((length, axis) => {
    const room =
      length + around[2 * axis]! + around[2 * axis + 1]! - (kernel[axis]! - 1) * dilations[axis]! - 1;
    if (room < 0)
      throw broken("kernel", "one that fits the input", `[${kernel.join()}] on [${x.dims.join()}]`);
    return Math.floor(room / strides[axis]!) + 1;
  });
  return { kernel, strides, dilations, before: kernel.map((_, axis) => around[2 * axis]!), lengths };
}

/** Every index of a shape. */
function* indices(dims: readonly number[]): Generator<readonly number[]> {
  const index = dims.map(() => 0);
  for (let count = countOf(dims); count > 0; count--) {
    yield index;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** The place within an image that a window reads; undefined outside of it. */
function placeIn(
  { strides, dilations, before }: Windows,
  sizes: readonly number[],
  output: readonly number[],
  kernel: readonly number[],
): number | undefined {
  let place = 0;
  for (let axis = 0; axis < sizes.length; axis++) {
    const at = output[axis]! * strides[axis]! + kernel[axis]! * dilations[axis]! - before[axis]!;
    if (at < 0 || at >= sizes[axis]!) return undefined;
    place = place * sizes[axis]! + at;
  }
  return place;
}

function conv(given: Given): ProgramTensor {
  const [x, weight, bias] = [tensorAt(given, "x"), tensorAt(given, "weight"), optionalAt(given, "bias")];
  const groups = numberAt(given, "groups");
  const [rows, channels, ...sizes] = x.dims as [number, number, ...number[]];
  const [filters, depth, ...kernel] = weight.dims as [number, number, ...number[]];
  if (depth * groups !== channels || filters % groups !== 0)
    throw broken("conv", `${depth * groups} channels in ${groups} groups`, `[${x.dims.join()}]`);
  const windows = windowsOf(given, x, kernel);
  const [area, reach, image] = [countOf(windows.lengths), countOf(kernel), countOf(sizes)];
  const values = new Float64Array(rows * filters * area);
  const steps = Array.from(indices(kernel), (index) => [...index]);
  let position = 0;
  for (const output of indices(windows.lengths)) {
    const places = steps.map((step) => placeIn(windows, sizes, output, step));
    for (let row = 0; row < rows; row++)
      for (let filter = 0; filter < filters; filter++) {
        let total = bias?.values[filter] ?? 0;
        const first = Math.floor(filter / (filters / groups)) * depth;
        for (let channel = 0; channel < depth; channel++)
          for (let step = 0; step < reach; step++) {
            const place = places[step];
            if (place === undefined) continue;
            const from = (row * channels + first + channel) * image + place;
            total += x.values[from]! * weight.values[(filter * depth + channel) * reach + step]!;
          }
        values[(row * filters + filter) * area + position] = total;
      }
    position += 1;
  }
  return tensor(x.type, [rows, filters, ...windows.lengths], values);
}

function convTranspose(given: Given): ProgramTensor {
  const [x, weight, bias] = [tensorAt(given, "x"), tensorAt(given, "weight"), optionalAt(given, "bias")];
  if (textAt(given, "pad_type") !== "valid") throw broken("pad_type", "valid", textAt(given, "pad_type"));
  const [strides, dilations] = [numbersAt(given, "strides"), numbersAt(given, "dilations")];
  const groups = numberAt(given, "groups");
  const [rows, channels, ...sizes] = x.dims as [number, number, ...number[]];
  const [depth, width, ...kernel] = weight.dims as [number, number, ...number[]];
  if (depth !== channels) throw broken("conv_transpose", `${depth} channels`, String(channels));
  const filters = width * groups;
  const lengths = sizes.map(
    (size, axis) => (size - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1,
  );
  const out = stridesOf(lengths);
  const [area, reach, image] = [countOf(lengths), countOf(kernel), countOf(sizes)];
  const values = new Float64Array(rows * filters * area);
  for (let at = 0; at < values.length; at++) values[at] = bias?.values[Math.floor(at / area) % filters] ?? 0;
  let from = 0;
  for (const place of indices(sizes)) {
    let step = 0;
    for (const offset of indices(kernel)) {
      const to = place.reduce(
        (sum, one, axis) => sum + out[axis]! * (one * strides[axis]! + offset[axis]! * dilations[axis]!),
        0,
      );
      for (let row = 0; row < rows; row++)
        for (let channel = 0; channel < channels; channel++) {
          const group = Math.floor(channel / (channels / groups));
          const number = x.values[(row * channels + channel) * image + from]!;
          for (let unit = 0; unit < width; unit++)
            values[(row * filters + group * width + unit) * area + to]! +=
              number * weight.values[(channel * width + unit) * reach + step]!;
        }
      step += 1;
    }
    from += 1;
  }
  return tensor(x.type, [rows, filters, ...lengths], values);
}

const pool =
  (combine: (numbers: readonly number[], size: number) => number): Kernel =>
  (given) => {
    const x = tensorAt(given, "x");
    if (truthAt(given, "ceil_mode")) throw broken("ceil_mode", "false", "true");
    const sizes = x.dims.slice(2);
    const windows = windowsOf(given, x, numbersAt(given, "kernel_sizes"));
    const planes = countOf(x.dims.slice(0, 2));
    const [area, image] = [countOf(windows.lengths), countOf(sizes)];
    const values = new Float64Array(planes * area);
    let position = 0;
    for (const output of indices(windows.lengths)) {
      const places = Array.from(indices(windows.kernel), (step) =>
        placeIn(windows, sizes, output, step),
      ).filter((place) => place !== undefined);
      for (let plane = 0; plane < planes; plane++)
        values[plane * area + position] = combine(
          places.map((place) => x.values[plane * image + place]!),
          countOf(windows.kernel),
        );
      position += 1;
    }
    return tensor(x.type, [...x.dims.slice(0, 2), ...windows.lengths], values);
  };

function batchNorm(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const [mean, variance, gamma, beta] = ["mean", "variance", "gamma", "beta"].map(
    (name) => tensorAt(given, name).values,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const epsilon = numberAt(given, "epsilon");
  const [, channels, ...sizes] = x.dims as [number, number, ...number[]];
  const image = countOf(sizes);
  const values = x.values.map((value, at) => {
    const channel = Math.floor(at / image) % channels;
    return (
      ((value - mean[channel]!) / Math.sqrt(variance[channel]! + epsilon)) * gamma[channel]! + beta[channel]!
    );
  });
  return tensor(x.type, x.dims, values);
}

function layerNorm(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const axes = numbersAt(given, "axes").map((axis) => axisIn(axis, x.dims.length));
  const [first] = axes as [number];
  if (axes.some((axis, at) => axis !== first + at) || axes.length !== x.dims.length - first)
    throw broken("axes", "the last ones", axes.join());
  const size = countOf(x.dims.slice(first));
  const [gamma, beta, epsilon] = [
    optionalAt(given, "gamma"),
    optionalAt(given, "beta"),
    numberAt(given, "epsilon"),
  ];
  const values = new Float64Array(x.values.length);
  for (let from = 0; from < values.length; from += size) {
    const group = x.values.subarray(from, from + size);
    const mean = group.reduce((a, b) => a + b, 0) / size;
    const variance = group.reduce((a, b) => a + (b - mean) ** 2, 0) / size;
    for (let at = 0; at < size; at++)
      values[from + at] =
        ((group[at]! - mean) / Math.sqrt(variance + epsilon)) * (gamma?.values[at] ?? 1) +
        (beta?.values[at] ?? 0);
  }
  return tensor(x.type, x.dims, values);
}

function localResponseNorm(given: Given): ProgramTensor {
  const x = tensorAt(given, "x");
  const [size, alpha, beta, k] = ["size", "alpha", "beta", "k"].map((name) => numberAt(given, name)) as [
    number,
    number,
    number,
    number,
  ];
  const channels = x.dims[1]!;
  const image = countOf(x.dims.slice(2));
  const values = x.values.map((value, at) => {
    const channel = Math.floor(at / image) % channels;
    let total = 0;
    for (let near = Math.ceil(-(size - 1) / 2); near <= Math.floor((size - 1) / 2); near++)
      if (channel + near >= 0 && channel + near < channels) total += x.values[at + near * image]! ** 2;
    return value / (k + (alpha / size) * total) ** beta;
  });
  return tensor(x.type, x.dims, values);
}

/** Operators that are layers of nets. */
export const LAYER_KERNELS: Readonly<Record<string, Kernel>> = {
  avg_pool: (given) => {
    const bare = truthAt(given, "exclude_padding_from_average");
    return pool((numbers, size) => numbers.reduce((a, b) => a + b, 0) / (bare ? numbers.length : size))(
      given,
    );
  },
  batch_norm: batchNorm,
  conv,
  conv_transpose: convTranspose,
  layer_norm: layerNorm,
  local_response_norm: localResponseNorm,
  max_pool: pool((numbers) => numbers.reduce((a, b) => Math.max(a, b), -Infinity)),
};
