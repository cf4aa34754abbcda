import type { BoostTarget } from "./objective.ts";

/** The sum of the rows' weights, ascending. */
export function totalWeight({ rows, weight }: BoostTarget): number {
  if (weight === undefined) return rows;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += weight[row]!;
  return sum;
}

/** The weighted mean of the labels. */
export function meanLabel(target: BoostTarget): number {
  const { rows, y, weight } = target;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += (weight === undefined ? 1 : weight[row]!) * y[row]!;
  return sum / totalWeight(target);
}

/** The weighted mean of what each row costs. */
export function meanLoss(target: BoostTarget, of: (row: number) => number): number {
  const { rows, weight } = target;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const own = weight === undefined ? 1 : weight[row]!;
    if (own > 0) sum += own * of(row);
  }
  return sum / totalWeight(target);
}
