import { numberAt, numbersAt, tensorAt, type Given, type Kernel } from "./arguments.ts";
import { axisIn, broken, countOf, tensor, type ProgramTensor } from "./tensor.ts";

/** Whole numbers that stand for `scale * (q - zero_point)`. */
function affine(given: Given): ProgramTensor {
  const data = tensorAt(given, "quantized_data");
  const [zeros, scales] = [tensorAt(given, "zero_point"), tensorAt(given, "scale")];
  const axis = axisIn(numberAt(given, "axis"), data.dims.length);
  const channels = data.dims[axis]!;
  if (
    zeros.type !== data.type ||
    [zeros, scales].some(({ values }) => values.length !== 1 && values.length !== channels)
  )
    throw broken(
      "constexpr_affine_dequantize",
      `1 or ${channels} scales and zero points`,
      `${scales.values.length}`,
    );
  const inner = countOf(data.dims.slice(axis + 1));
  const of = ({ values }: ProgramTensor, at: number): number =>
    values.length === 1 ? values[0]! : values[Math.floor(at / inner) % channels]!;
  return tensor(
    scales.type,
    data.dims,
    data.values.map((value, at) => of(scales, at) * (value - of(zeros, at))),
  );
}

/** Places in a table, packed behind each other with the lowest bit first. */
function lookedUp(given: Given): ProgramTensor {
  const [indices, lut] = [tensorAt(given, "indices"), tensorAt(given, "lut")];
  const dims = numbersAt(given, "shape");
  const bits = Math.log2(lut.values.length);
  const count = countOf(dims);
  if (![1, 2, 4, 6, 8].includes(bits) || indices.values.length !== Math.ceil((bits * count) / 8))
    throw broken(
      "constexpr_lut_to_dense",
      `a table of 2, 4, 16, 64 or 256 numbers for [${dims.join()}]`,
      `${lut.values.length}`,
    );
  const values = Float64Array.from({ length: count }, (_, at) => {
    let place = 0;
    for (let bit = bits - 1; bit >= 0; bit--) {
      const position = at * bits + bit;
      place = 2 * place + ((indices.values[Math.floor(position / 8)]! >> (position % 8)) & 1);
    }
    return lut.values[place]!;
  });
  return { type: lut.type, dims, values };
}

/** Operators that are computed when a model is loaded. */
export const CONSTANT_KERNELS: Readonly<Record<string, Kernel>> = {
  constexpr_affine_dequantize: affine,
  constexpr_lut_to_dense: lookedUp,
};
