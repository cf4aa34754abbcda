import type { NodeRows } from "./node-rows.ts";

/** Gathers what the scans of a node need, and its sums. */
export function gatherRows(s: NodeRows, start: number, end: number): void {
  const { order, weight, drawn, total, own } = s;
  const { target, classes } = s.source;
  const rows = end - start;
  total.fill(0);
  s.pure = sameTarget(target, order, start, end);
  s.draws = gatherDraws(own.drawn, drawn, order, start, rows);
  total[0] = gatherWeights(own.weight, weight, order, start, rows);
  if (classes === 0) total[1] = gatherNumbers(own.sum, own.weight, target, order, start, rows);
  else gatherClasses(own.class, total, own.weight, target, order, start, rows);
}

function sameTarget(
  target: Float64Array | Int32Array,
  order: Int32Array,
  start: number,
  end: number,
): boolean {
  const first = target[order[start]!]!;
  for (let at = start + 1; at < end; at++) if (target[order[at]!]! !== first) return false;
  return true;
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

function gatherWeights(
  own: Float64Array,
  weight: Float64Array,
  order: Int32Array,
  start: number,
  rows: number,
): number {
  let all = 0;
  for (let i = 0; i < rows; i++) {
    const w = weight[order[start + i]!]!;
    own[i] = w;
    all += w;
  }
  return all;
}

function gatherNumbers(
  own: Float64Array,
  weight: Float64Array,
  target: Float64Array | Int32Array,
  order: Int32Array,
  start: number,
  rows: number,
): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const part = weight[i]! * target[order[start + i]!]!;
    own[i] = part;
    sum += part;
  }
  return sum;
}

function gatherClasses(
  own: Int32Array,
  total: Float64Array,
  weight: Float64Array,
  target: Float64Array | Int32Array,
  order: Int32Array,
  start: number,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const k = target[order[start + i]!]!;
    own[i] = k;
    total[k + 1]! += weight[i]!;
  }
}
