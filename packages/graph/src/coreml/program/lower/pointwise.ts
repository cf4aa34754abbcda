import type { MilEmitter } from "../emitter.ts";
import { plain, type MilCall } from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, compare, scalar, select, unary } from "../primitive.ts";

/** All operands, those left out dropped. */
export const present = (call: MilCall): readonly MilTensor[] =>
  call.inputs.flatMap((input, at) => (input === undefined ? [] : [plain(call, at)]));

/** The larger or smaller of numbers, NaN where either is one: kernels leave that to the processor. */
export function extreme(e: MilEmitter, op: string, a: MilTensor, b: MilTensor): MilTensor {
  const known = binary(e, op, a, b);
  if (a.type !== "fp32") return known;
  const computed = [a, b].filter(({ values }) => values === undefined);
  return computed.reduce((now, x) => select(e, compare(e, "not_equal", x, x), x, now), known);
}

/** The logarithm without the small number that the kernel would add: of 0 it is infinite. */
export const logarithm = (e: MilEmitter, x: MilTensor): MilTensor =>
  unary(e, "log", x, { epsilon: scalar(e, "fp32", 0) });
