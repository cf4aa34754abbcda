import { elementCount } from "../onnx.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
import type { LiteOpName } from "./lite-op.ts";

/** How many numbers a tensor holds for each index of the axes before `axis`. */
const behind = ({ dims }: LiteTensor, axis: number): number => elementCount(dims.slice(axis));

const sizeOf = (tensor: LiteTensor): number => elementCount(tensor.dims);

/** The last axis of which something holds, -1 for none. */
const lastAxis = ({ dims }: LiteTensor, holds: (axis: number) => boolean): number =>
  dims.findLastIndex((_, axis) => holds(axis));

/** Operands that broadcast together: innermost axes count as one as long as the same operands have them. */
function broadcast({ inputs, outputs }: LiteOperator): number {
  const [result] = outputs as readonly [LiteTensor];
  const rank = result.dims.length;
  const having = (axis: number): string =>
    inputs.map((tensor) => (tensor!.dims[axis - rank + tensor!.dims.length] ?? 1) === 1).join();
  const long = result.dims.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
  const inner = having(long.at(-1) ?? 0);
  const broken = long.findLast((axis) => having(axis) !== inner);
  return broken === undefined ? 1 : sizeOf(result) / behind(result, broken + 1);
}

function reduction({ inputs }: LiteOperator): number {
  const [x, axes] = inputs as readonly [LiteTensor, LiteTensor];
  const reduced = new Set<unknown>(axes.values);
  const rank = x.dims.length;
  const broken = lastAxis(x, (axis) => x.dims[axis] !== 1 && reduced.has(axis) !== reduced.has(rank - 1));
  return sizeOf(x) / behind(x, broken + 1);
}

/** What takes all of the axes behind the last one whose length it changes. */
function cut({ inputs, outputs }: LiteOperator): number {
  const [x] = inputs as readonly [LiteTensor];
  return outputs.reduce((sum, part) => {
    const axis = lastAxis(part, (at) => part.dims[at] !== x.dims[at]);
    return sum + sizeOf(part) / behind(part, Math.max(0, axis));
  }, 0);
}

/** Kernels that turn matrices do so by blocks of this many numbers a side. */
const BLOCK = 8;

function turned({ inputs }: LiteOperator): number {
  const [x, order] = inputs as readonly [LiteTensor, LiteTensor];
  const moved = lastAxis(x, (axis) => order.values![axis] !== axis);
  return sizeOf(x) / Math.max(BLOCK, behind(x, moved + 1));
}

const STRETCHES: Partial<Record<LiteOpName, (operator: LiteOperator) => number>> = {
  ADD: broadcast,
  CONCATENATION: ({ inputs, options }) =>
    inputs.reduce((sum, part) => sum + sizeOf(part!) / behind(part!, options["axis"] as number), 0),
  DIV: broadcast,
  GATHER: ({ inputs, outputs, options }) =>
    sizeOf(outputs[0]!) / behind(inputs[0]!, (options["axis"] as number) + 1),
  MAXIMUM: broadcast,
  MEAN: reduction,
  MINIMUM: broadcast,
  MUL: broadcast,
  PAD: cut,
  PADV2: cut,
  POW: broadcast,
  REDUCE_MAX: reduction,
  REDUCE_MIN: reduction,
  REDUCE_PROD: reduction,
  SELECT_V2: broadcast,
  SLICE: cut,
  SPLIT: cut,
  STRIDED_SLICE: cut,
  SUB: broadcast,
  SUM: reduction,
  TRANSPOSE: turned,
};

/**
 * In how many stretches of memory the operators of a graph go through their numbers. Kernels are called for each stretch, so that
 * short ones cost more than the numbers in them: rows of 8 numbers about ten times as much as rows of 128. Operators whose kernels
 * want one order of axes are left out.
 */
export function stretchesOf(graph: LiteGraph): number {
  return graph.operators.reduce(
    (sum, operator) =>
      sum + (operator.inputs[0]?.dims.length === 0 ? 0 : (STRETCHES[operator.op]?.(operator) ?? 0)),
    0,
  );
}
