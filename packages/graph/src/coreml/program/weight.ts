import type { MilOperator, MilTensor } from "./mil-graph.ts";

/**
 * Where operators have weights, and the axis of their channels. What a product has on its left is a transform of the signal
 * along time, such as Fourier's, whose small results a rounded matrix would drown; weights that were learnt stand on the right.
 */
const PLACES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  conv: { weight: 0 },
  conv_transpose: { weight: 1 },
  gather: { x: 0 },
  linear: { weight: 0 },
  lstm: { weight_ih: 0, weight_hh: 0, weight_ih_back: 0, weight_hh_back: 0 },
  matmul: { y: -1 },
};

/** The weights of an operator, with the axis of their channels, from the front. */
export function weightsOf({ op, inputs }: MilOperator): readonly (readonly [MilTensor, number])[] {
  return Object.entries(PLACES[op] ?? {}).flatMap(([name, axis]) => {
    const tensor = inputs[name] as MilTensor | undefined;
    const isWeight = tensor?.values !== undefined && tensor.type === "fp32" && tensor.dims.length > 1;
    return isWeight ? [[tensor, axis < 0 ? axis + tensor.dims.length : axis] as const] : [];
  });
}
