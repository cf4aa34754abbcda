import * as fc from "fast-check";
import { axesOf, axisOf, bit, eighths, filled, ints, positive, shape, type Cases } from "./op-case.ts";

/** Axes left out, none, one or several; numbers far enough from where a logarithm or a root is steep. */
const reduction = (value = eighths, scale?: number): Cases =>
  shape(1, 3).chain((dims) =>
    fc
      .tuple(filled(dims, value), fc.option(axesOf(dims), { nil: undefined }), bit, bit)
      .map(([x, axes, keepdims, noop_with_empty_axes]) => ({
        inputs: axes === undefined ? [x] : [x, ints(axes)],
        attributes: { keepdims, noop_with_empty_axes },
        ...(scale === undefined ? {} : { scale }),
      })),
  );

/** Few different values, so that ties are common. */
const tied = fc.integer({ min: 0, max: 2 });

const along = (value = eighths): Cases =>
  shape(1, 3).chain((dims) =>
    fc.tuple(filled(dims, value), axisOf(dims)).map(([x, axis]) => ({ inputs: [x], attributes: { axis } })),
  );

/** Cases of operators that combine along axes: reductions, products of matrices, the softmax family. */
export const REDUCTION_CASES = {
  ArgMin: along(tied).chain((one) =>
    fc.tuple(bit, bit).map(([keepdims, select_last_index]) => ({
      ...one,
      attributes: { ...one.attributes, keepdims, select_last_index },
    })),
  ),
  CumSum: shape(1, 3).chain((dims) =>
    fc.tuple(filled(dims), axisOf(dims), bit, bit).map(([x, axis, exclusive, reverse]) => ({
      inputs: [x, { elementType: "int64" as const, dims: [1], values: [axis], constant: true as const }],
      attributes: { exclusive, reverse },
    })),
  ),
  Hardmax: along(tied),
  LpNormalization: along().chain((one) =>
    fc.constantFrom(1, 2).map((p) => ({ ...one, attributes: { ...one.attributes, p } })),
  ),
  ReduceL1: reduction(),
  ReduceL2: reduction(),
  ReduceLogSum: reduction(positive, 1),
  ReduceLogSumExp: reduction(eighths, 1),
  ReduceProd: reduction(fc.integer({ min: -8, max: 8 }).map((n) => n / 4)),
  ReduceSumSquare: reduction(),
  TopK: shape(1, 3).chain((dims) =>
    fc.tuple(axisOf(dims), filled(dims)).chain(([axis, x]) =>
      fc.tuple(fc.integer({ min: 1, max: dims.at(axis)! }), bit).map(([count, largest]) => ({
        inputs: [x, ints([count])],
        attributes: { axis, largest },
      })),
    ),
  ),
} satisfies Record<string, Cases>;
