import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { expanded, reductionGradient } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";
import type { Value } from "../value.ts";

/** Rows of [rows, length] moved by some places, to the right where `by` is positive, with ones in the places left free. */
function moved(g: GraphEmitter, rows: Value, by: number): Value {
  const length = dimsOf(rows)[1]!;
  const [before, after] = by > 0 ? [by, 0] : [0, -by];
  const wide = g.op("Pad", [rows, g.ints([0, before, 0, after]), scalarLike(g, rows, 1)]);
  return g.op("Slice", [wide, g.ints([after]), g.ints([after + length]), g.ints([1])]);
}

/** For each place of a row the product of those on one side, itself left out: a scan in log2(length) steps. */
function productsBeside(g: GraphEmitter, rows: Value, side: 1 | -1): Value {
  const length = dimsOf(rows)[1]!;
  let products = moved(g, rows, side);
  for (let span = 1; span < length - 1; span *= 2)
    products = g.op("Mul", [products, moved(g, products, side * span)]);
  return products;
}

/**
 * The product over some axes; 1 over nothing. Its gradient is the product of the other factors, multiplied and never
 * divided, so that it and its own derivatives hold where factors are 0, too.
 * Source: G. E. Blelloch, "Prefix sums and their applications", CMU-CS-90-190, 1990.
 */
export const ReduceProd = reduction((values) => values.reduce((product, value) => product * value, 1), {
  since: 18,
  family: "a numeric type",
  gradient: reductionGradient((slope) => {
    const { g, x, dims, axes, count, dy } = slope;
    if (count <= 1 || dims.includes(0)) return expanded(slope, dy);
    const kept = dims.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const perm = [...kept, ...axes];
    const ordered = perm.map((axis) => dims[axis]!);
    const lined = g.op("Transpose", [x], { perm });
    const rows = reshaped(g, lined, [ordered.reduce((size, dim) => size * dim, 1) / count, count]);
    const others = g.op("Mul", [productsBeside(g, rows, 1), productsBeside(g, rows, -1)]);
    const back = dims.map((_, axis) => perm.indexOf(axis));
    return g.op("Mul", [g.op("Transpose", [reshaped(g, others, ordered)], { perm: back }), dy]);
  }),
});
