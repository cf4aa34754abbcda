import { isNear } from "./near-row.ts";
import type { NodeRows } from "./node-rows.ts";

/** Gathers what the scans of a node need, and its sums. */
export function gatherRows(s: NodeRows, start: number, end: number): void {
  const { order, total, own } = s;
  const { pairs, drawn } = isNear(s.near, start, end) ? s.near : s;
  const rows = end - start;
  // A call of `fill` costs more than these few numbers.
  for (let k = 0; k < total.length; k++) total[k] = 0;
  s.pure =
    s.source.classes === 0
      ? gatherNumbers(own.weight, own.sum, total, pairs, order, start, rows)
      : gatherClasses(own.weight, own.class, total, pairs, order, start, rows);
  s.draws = s.source.weight === undefined ? total[0]! : gatherDraws(own.drawn, drawn, order, start, rows);
}

function gatherNumbers(
  weight: Float64Array,
  sum: Float64Array,
  total: Float64Array,
  pairs: Float64Array,
  order: Int32Array,
  start: number,
  rows: number,
): boolean {
  const first = pairs[order[start]! * 2 + 1]!;
  let [all, parts, mixed] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const at = order[start + i]! * 2;
    const w = pairs[at]!;
    const y = pairs[at + 1]!;
    const part = w * y;
    weight[i] = w;
    sum[i] = part;
    all += w;
    parts += part;
    mixed |= y === first ? 0 : 1;
  }
  total[0] = all;
  total[1] = parts;
  return mixed === 0;
}

function gatherClasses(
  weight: Float64Array,
  classes: Int32Array,
  total: Float64Array,
  pairs: Float64Array,
  order: Int32Array,
  start: number,
  rows: number,
): boolean {
  const first = pairs[order[start]! * 2 + 1]!;
  let [all, mixed] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const at = order[start + i]! * 2;
    const w = pairs[at]!;
    const k = pairs[at + 1]!;
    weight[i] = w;
    classes[i] = k;
    all += w;
    total[k + 1]! += w;
    mixed |= k === first ? 0 : 1;
  }
  total[0] = all;
  return mixed === 0;
}

function gatherDraws(
  own: Float64Array,
  drawn: Uint32Array,
  order: Int32Array,
  start: number,
  rows: number,
): number {
  let draws = 0;
  for (let i = 0; i < rows; i++) {
    const times = drawn[order[start + i]!]!;
    own[i] = times;
    draws += times;
  }
  return draws;
}
