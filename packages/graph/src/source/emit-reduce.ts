import { apply, ask, cast, number, select } from "./expression.ts";
import {
  axisAt,
  counter,
  element,
  load,
  local,
  loops,
  placeOf,
  store,
  stridesOf,
  type Emitter,
  type Shaped,
} from "./emitter.ts";
import type { Expression, Place, Statement } from "./program.ts";

const total = local("total", "double");

/** `total`, set to begin with, then by every element of the loops. */
function gathered(begin: number, inner: readonly Statement[]): readonly Statement[] {
  return [{ form: "let", name: "total", value: number(begin, "double") }, ...inner];
}

const take = (value: Expression): Statement => ({ form: "set", name: "total", value });

/** Over some axes, in float64, rounded once. */
function reduced(
  begin: number,
  next: (x: Expression) => Expression,
  end: (sum: Expression, count: number) => Expression = (sum) => sum,
): Emitter {
  return ({ inputs: [x, axesInput], outputs: [out], attributes }) => {
    const { dims, cell } = x!;
    if (cell.kind !== "float" && cell.kind !== "double")
      return { unsupported: `it takes ${cell.kind} numbers, and is written for float, double` };
    const named = Array.from(axesInput?.cell.constant ?? [], (axis) => axisAt(axis, dims.length));
    if (axesInput !== undefined && axesInput.cell.constant === undefined)
      return { unsupported: "its axes are computed" };
    const asleep = named.length === 0 && attributes["noop_with_empty_axes"] !== 0;
    const isGone = (axis: number) => !asleep && (named.length === 0 || named.includes(axis));
    const outer = dims.map((dim, axis) => (isGone(axis) ? 1 : dim));
    const inner = dims.map((dim, axis) => (isGone(axis) ? dim : 1));
    const count = inner.reduce((size, dim) => size * dim, 1);
    return loops(outer, (index) => [
      ...gathered(
        begin,
        loops(
          inner,
          (other) => {
            const at = dims.map((_, axis) => (isGone(axis) ? other[axis]! : index[axis]!));
            return [take(next(cast(element(x!, at), "double")))];
          },
          "j",
        ),
      ),
      store(out!.cell, placeOf(index, outer), cast(end(total, count), out!.cell.kind)),
    ]);
  };
}

const plus = (x: Expression): Expression => apply("add", total, x);

/** `[..., m, k]` by `[..., k, n]`, summed in float64 and rounded once. */
const MatMul: Emitter = ({ inputs: [a, b], outputs: [out] }) => {
  const [left, right] = [
    a!.dims.length === 1 ? [1, ...a!.dims] : a!.dims,
    b!.dims.length === 1 ? [...b!.dims, 1] : b!.dims,
  ];
  const matrix = [left.at(-2)!, right.at(-1)!];
  const rank = Math.max(left.length, right.length) - 2;
  const lead = Array.from({ length: rank }, (_, axis) =>
    Math.max(left[axis + left.length - 2 - rank] ?? 1, right[axis + right.length - 2 - rank] ?? 1),
  );
  return product(
    { cell: a!.cell, dims: left },
    { cell: b!.cell, dims: right },
    [...lead, ...matrix],
    (index, sum) => [store(out!.cell, placeOf(index, [...lead, ...matrix]), cast(sum, out!.cell.kind))],
  );
};

function product(
  a: Shaped,
  b: Shaped,
  dims: readonly number[],
  end: (index: readonly string[], sum: Expression) => readonly Statement[],
): readonly Statement[] {
  return loops(dims, (index) => [
    ...gathered(
      0,
      loops(
        [a.dims.at(-1)!],
        ([k]) => {
          const [row, column] = [
            element(a, index.with(dims.length - 1, k!)),
            element(b, index.with(dims.length - 2, k!)),
          ];
          return [take(plus(apply("mul", cast(row, "double"), cast(column, "double"))))];
        },
        "k",
      ),
    ),
    ...end(index, total),
  ]);
}

const Gemm: Emitter = ({ inputs: [a, b, c], outputs: [out], attributes }) => {
  const [alpha, beta] = [attributes["alpha"] as number, attributes["beta"] as number];
  const turned = ({ cell, dims }: Shaped, isTurned: boolean, index: readonly string[]): Expression => {
    const strides = stridesOf(dims);
    const order = isTurned ? [1, 0] : [0, 1];
    const terms = order.flatMap((axis, at) =>
      dims[axis] === 1 ? [] : [{ loop: index[at]!, stride: strides[axis]! }],
    );
    return load(cell, { base: 0, terms });
  };
  const [turnA, turnB] = [attributes["transA"] !== 0, attributes["transB"] !== 0];
  const inner = turnA ? a!.dims[0]! : a!.dims[1]!;
  return loops(out!.dims, (index) => {
    const body = loops(
      [inner],
      ([k]) => [
        take(
          plus(
            apply(
              "mul",
              cast(turned(a!, turnA, [index[0]!, k!]), "double"),
              cast(turned(b!, turnB, [k!, index[1]!]), "double"),
            ),
          ),
        ),
      ],
      "k",
    );
    let sum: Expression = total;
    if (alpha !== 1) sum = apply("mul", sum, number(alpha, "double"));
    if (c !== undefined) {
      const offset = cast(element(c, index), "double");
      sum = apply("add", sum, beta === 1 ? offset : apply("mul", offset, number(beta, "double")));
    }
    return [...gathered(0, body), store(out!.cell, placeOf(index, out!.dims), cast(sum, out!.cell.kind))];
  });
};

/** Probabilities, or their logarithms, along an axis; the largest is taken off first. */
function softmax(isLog: boolean): Emitter {
  return ({ inputs: [x], outputs: [out], attributes }) => {
    const { dims } = x!;
    const axis = axisAt(attributes["axis"] as number, dims.length);
    const most = local("most", "double");
    const along = (index: readonly string[], body: (place: Place) => readonly Statement[]) =>
      loops([dims[axis]!], ([k]) => body(placeOf(index.with(axis, k!), dims)), "k");
    return loops(dims.with(axis, 1), (index) => {
      const shifted = (place: Place) => apply("sub", cast(load(x!.cell, place), "double"), most);
      return [
        { form: "let", name: "most", value: number(-Infinity, "double") },
        ...along(index, (place) => [
          { form: "set", name: "most", value: apply("max", most, cast(load(x!.cell, place), "double")) },
        ]),
        ...gathered(
          0,
          along(index, (place) => [take(plus(apply("exp", shifted(place))))]),
        ),
        ...along(index, (place) => {
          const value = isLog
            ? apply("sub", shifted(place), apply("log", total))
            : apply("div", apply("exp", shifted(place)), total);
          return [store(out!.cell, place, cast(value, out!.cell.kind))];
        }),
      ];
    });
  };
}

/** The first place of the largest or smallest along an axis. */
function argument(isLargest: boolean): Emitter {
  return ({ inputs: [x], outputs: [out], attributes }) => {
    if (attributes["select_last_index"] !== 0) return { unsupported: "the last of equal ones is asked for" };
    const { dims } = x!;
    const axis = axisAt(attributes["axis"] as number, dims.length);
    const [best, at] = [local("best", x!.cell.kind), local("at", "long")];
    return loops(dims.with(axis, 1), (index) => {
      const length = dims[axis]!;
      const strides = stridesOf(dims);
      const rest = index.flatMap((loop, own) =>
        own === axis || dims[own] === 1 ? [] : [{ loop, stride: strides[own]! }],
      );
      return [
        { form: "let" as const, name: "best", value: load(x!.cell, { base: 0, terms: rest }) },
        { form: "let" as const, name: "at", value: number(0, "long") },
        ...loops(
          [length],
          ([k]) => {
            const value = load(x!.cell, placeOf(index.with(axis, k!), dims));
            const isBetter = ask(isLargest ? "greater" : "less", value, best);
            return [
              { form: "set", name: "at", value: select(isBetter, counter(k!, length, 0), at) },
              { form: "set", name: "best", value: select(isBetter, value, best) },
            ];
          },
          "k",
        ),
        store(out!.cell, placeOf(index, dims.with(axis, 1)), at),
      ];
    });
  };
}

/** Sums, extremes, products and probabilities. */
export const EMIT_REDUCE = {
  ArgMax: argument(true),
  ArgMin: argument(false),
  Gemm,
  LogSoftmax: softmax(true),
  MatMul,
  ReduceLogSum: reduced(0, plus, (sum) => apply("log", sum)),
  ReduceProd: reduced(1, (x) => apply("mul", total, x)),
  ReduceL1: reduced(0, (x) => plus(apply("abs", x))),
  ReduceL2: reduced(
    0,
    (x) => plus(apply("mul", x, x)),
    (sum) => apply("sqrt", sum),
  ),
  ReduceMax: reduced(-Infinity, (x) => apply("max", total, x)),
  ReduceMean: reduced(0, plus, (sum, count) => apply("div", sum, number(count, "double"))),
  ReduceMin: reduced(Infinity, (x) => apply("min", total, x)),
  ReduceSum: reduced(0, plus),
  ReduceSumSquare: reduced(0, (x) => plus(apply("mul", x, x))),
  Softmax: softmax(false),
} as const;
