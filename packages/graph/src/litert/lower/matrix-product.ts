import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";

/** A product of matrices over the last two axes, where both are computed. */
export function matrixProduct(
  e: LiteEmitter,
  a: LiteTensor,
  b: LiteTensor,
  turn: { readonly a?: boolean; readonly b?: boolean } = {},
): LiteTensor {
  const lead = Math.max(a.dims.length, b.dims.length) - 2;
  const at = <T>(list: readonly T[], axis: number): T | undefined => list[axis - lead + list.length - 2];
  const axes = Array.from({ length: lead }, (_, axis) => axis);
  const rows = a.dims.length - (turn.a ? 1 : 2);
  const columns = b.dims.length - (turn.b ? 2 : 1);
  const dims = [
    ...axes.map((axis) => Math.max(at(a.dims, axis) ?? 1, at(b.dims, axis) ?? 1)),
    a.dims[rows]!,
    b.dims[columns]!,
  ];
  const open = [
    ...axes.map((axis) => at(a.open, axis) === true || at(b.open, axis) === true),
    a.open[rows]!,
    b.open[columns]!,
  ];
  const options = { adj_x: turn.a === true, adj_y: turn.b === true };
  return e.emit("BATCH_MATMUL", [a, b], { type: a.type, dims, open }, options);
}
