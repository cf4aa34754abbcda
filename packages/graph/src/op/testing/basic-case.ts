import * as fc from "fast-check";
import { ELEMENT_TYPES, type ElementType } from "../../element-type.ts";
import { elementCount } from "../../onnx.ts";
import {
  axesOf,
  axisOf,
  bit,
  broadcastable,
  eighths,
  filled,
  integers,
  ints,
  positive,
  shape,
  type CaseInput,
  type Cases,
} from "./op-case.ts";

const unary = (value?: fc.Arbitrary<number>): Cases =>
  shape(0, 3).chain((dims) => filled(dims, value).map((x) => ({ inputs: [x] })));

/** `count` inputs of one type that broadcast together. */
const broadcasting = (
  count: number,
  value = eighths,
  elementType: CaseInput["elementType"] = "float32",
): Cases =>
  shape(0, 3)
    .chain((dims) => fc.tuple(...Array.from({ length: count }, () => broadcastable(dims))))
    .chain((shapes) => fc.tuple(...shapes.map((dims) => filled(dims, value, elementType))))
    .map((inputs) => ({ inputs }));

const arithmetic = (): Cases => fc.oneof(broadcasting(2), broadcasting(2, integers, "int64"));

const reduction = (value = eighths, elementType: CaseInput["elementType"] = "float32"): Cases =>
  shape(1, 3).chain((dims) =>
    fc
      .tuple(filled(dims, value, elementType), fc.option(axesOf(dims), { nil: undefined }), bit, bit)
      .map(([x, axes, keepdims, noop_with_empty_axes]) => ({
        inputs: axes === undefined ? [x] : [x, ints(axes)],
        attributes: { keepdims, noop_with_empty_axes },
      })),
  );

/** Of floating-point numbers mostly; of 8-bit integers and truths too. */
const extreme = (): Cases =>
  fc.oneof(
    { weight: 4, arbitrary: reduction() },
    { weight: 1, arbitrary: reduction(integers, "int8") },
    { weight: 1, arbitrary: reduction(bit, "bool") },
  );

const matMul: Cases = fc
  .tuple(
    shape(0, 2),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .chain(([lead, size, form]) =>
    fc.tuple(broadcastable(lead), broadcastable(lead)).chain(([left, right]) => {
      const [m, k, n] = [size[0]!, size[1]!, size[2]!];
      const a = form === 1 || form === 3 ? [k] : [...left, m, k];
      const b = form === 2 || form === 3 ? [k] : [...right, k, n];
      return fc.tuple(filled(a), filled(b)).map((inputs) => ({ inputs }));
    }),
  );

const gemm: Cases = fc
  .tuple(shape(3, 3), bit, bit, eighths, eighths)
  .chain(([[m, k, n], transA, transB, alpha, beta]) =>
    fc
      .tuple(
        filled(transA === 1 ? [k!, m!] : [m!, k!]),
        filled(transB === 1 ? [n!, k!] : [k!, n!]),
        fc.option(
          broadcastable([m!, n!]).chain((dims) => filled(dims)),
          { nil: undefined },
        ),
      )
      .map(([a, b, c]) => ({
        inputs: c === undefined ? [a, b] : [a, b, c],
        attributes: { transA, transB, alpha, beta },
      })),
  );

const slice: Cases = shape(1, 3).chain((dims) =>
  axesOf(dims, 1).chain((axes) => {
    const each = (value: fc.Arbitrary<number>) =>
      fc.array(value, { minLength: axes.length, maxLength: axes.length });
    const bound = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(2 ** 40, -(2 ** 40)));
    const step = fc.constantFrom(1, 1, 2, 3, -1, -2);
    return fc.tuple(filled(dims), each(bound), each(bound), each(step)).map(([x, starts, ends, steps]) => ({
      inputs: [x, ints(starts), ints(ends), ints(axes), ints(steps)],
    }));
  }),
);

const gather: Cases = fc.tuple(shape(1, 3), shape(0, 2)).chain(([dims, indexDims]) =>
  axisOf(dims).chain((axis) => {
    const length = dims.at(axis)!;
    return fc
      .tuple(filled(dims), filled(indexDims, fc.integer({ min: -length, max: length - 1 }), "int64"))
      .map(([x, indices]) => ({ inputs: [x, indices], attributes: { axis } }));
  }),
);

const concat: Cases = fc
  .tuple(shape(1, 3), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }))
  .chain(([dims, lengths]) =>
    axisOf(dims).chain((axis) =>
      fc
        .tuple(...lengths.map((length) => filled(dims.with(axis, length))))
        .map((inputs) => ({ inputs, attributes: { axis } })),
    ),
  );

const reshape: Cases = shape(1, 3).chain((dims) =>
  fc.tuple(filled(dims), fc.constantFrom("flat", "open", "keep", "ends")).map(([x, form]) => {
    const shapes = {
      flat: [elementCount(dims)],
      open: [-1, dims.at(-1)!],
      keep: [0, -1],
      ends: [1, ...dims.toReversed(), 1],
    };
    return { inputs: [x, ints(shapes[form])] };
  }),
);

const transpose: Cases = shape(0, 3).chain((dims) => {
  const order = dims.map((_, axis) => axis);
  const perm = fc.option(fc.shuffledSubarray(order, { minLength: order.length }), { nil: undefined });
  return fc.tuple(filled(dims), perm).map(([x, perm]) => ({
    inputs: [x],
    ...(perm === undefined || perm.length === 0 ? {} : { attributes: { perm } }),
  }));
});

const unsqueeze: Cases = shape(0, 2).chain((dims) =>
  fc
    .integer({ min: 1, max: 2 })
    .chain((count) => axesOf([...dims, ...Array.from({ length: count }, () => 1)], count, count))
    .chain((axes) => filled(dims).map((x) => ({ inputs: [x, ints(axes)] }))),
);

const squeeze: Cases = shape(1, 3).chain((dims) => {
  const ones = dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return fc
    .tuple(
      filled(dims),
      fc.option(fc.subarray(ones, { minLength: Math.min(1, ones.length) }), { nil: undefined }),
    )
    .map(([x, axes]) => ({ inputs: axes === undefined || axes.length === 0 ? [x] : [x, ints(axes)] }));
});

const clip: Cases = shape(0, 3).chain((dims) => {
  const bound = fc.option(filled([]), { nil: undefined });
  return fc.tuple(filled(dims), bound, bound).map((inputs) => ({ inputs }));
});

/** Few different values, so that ties are common. */
const tied = fc.integer({ min: 0, max: 2 });

const argMax: Cases = shape(1, 3).chain((dims) =>
  fc.tuple(filled(dims, tied), axisOf(dims), bit, bit).map(([x, axis, keepdims, select_last_index]) => ({
    inputs: [x],
    attributes: { axis, keepdims, select_last_index },
  })),
);

const softmax: Cases = shape(1, 3).chain((dims) =>
  fc
    .tuple(filled(dims, fc.oneof(eighths, fc.constantFrom(90, -90, 200))), axisOf(dims))
    .map(([x, axis]) => ({ inputs: [x], attributes: { axis } })),
);

const cast: Cases = fc
  .tuple(shape(0, 2), fc.constantFrom<ElementType>("float32", "int64", "int32", "bool", "float64"))
  .chain(([dims, to]) =>
    filled(dims).map((x) => ({ inputs: [x], attributes: { to: ELEMENT_TYPES[to].code } })),
  );

/** Cases of the operators that combine, reduce and rearrange. */
export const BASIC_CASES = {
  Abs: unary(),
  Add: arithmetic(),
  ArgMax: argMax,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Div: fc.oneof(
    broadcasting(2, positive),
    broadcasting(
      2,
      integers.map((n) => n || 3),
      "int64",
    ),
  ),
  Exp: unary(),
  Gather: gather,
  Gemm: gemm,
  Identity: unary(),
  Log: unary(positive),
  MatMul: matMul,
  Max: fc.integer({ min: 1, max: 3 }).chain((count) => broadcasting(count)),
  Min: fc
    .integer({ min: 1, max: 3 })
    .chain((count) => fc.oneof(broadcasting(count), broadcasting(count, integers, "int64"))),
  Mul: arithmetic(),
  Neg: unary(),
  Pow: broadcasting(2, positive),
  ReduceMax: extreme(),
  ReduceMean: reduction(),
  ReduceMin: extreme(),
  ReduceSum: reduction(),
  Reshape: reshape,
  Slice: slice,
  Softmax: softmax,
  Sqrt: unary(positive),
  Squeeze: squeeze,
  Sub: arithmetic(),
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
