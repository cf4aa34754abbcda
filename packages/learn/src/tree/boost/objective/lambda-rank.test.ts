import { expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import { gradedNdcg } from "./graded-gain.ts";
import { lambdaRank } from "./lambda-rank.ts";
import type { BoostTarget } from "./objective.ts";

const random = seededRandom(11);
const groups = Int32Array.of(0, 7, 8, 20, 23);
const rows = 23;
const y = Float64Array.from({ length: rows }, (_, row) => (row >= 20 ? 0 : random.integer(4)));
const weight = Float64Array.from({ length: rows }, () => 0.5 + random.uniform());
const target: BoostTarget = { rows, y, weight, classes: 0, groups };

/** NDCG of an order, straight from its definition. */
function ndcg(order: readonly number[], truncation: number): number {
  const gain = (list: readonly number[]) =>
    list.slice(0, truncation).reduce((sum, row, at) => sum + (2 ** y[row]! - 1) / Math.log2(at + 2), 0);
  return gain(order) / gain(order.toSorted((left, right) => y[right]! - y[left]!));
}

/** Each ordered pair on its own, and what exchanging its places does to NDCG by computing it twice. */
function slow(scores: Float64Array, truncation: number, steepness: number, normalise: boolean) {
  const gradient = new Float64Array(rows);
  const hessian = new Float64Array(rows);
  for (let group = 0; group + 1 < groups.length; group++) {
    const own = Array.from({ length: groups[group + 1]! - groups[group]! }, (_, at) => groups[group]! + at);
    if (own.every((row) => y[row] === 0)) continue;
    const order = own.toSorted((left, right) => scores[right]! - scores[left]! || left - right);
    const flat = own.every((row) => scores[row] === scores[own[0]!]);
    let pulls = 0;
    for (const better of own)
      for (const worse of own) {
        if (!(y[better]! > y[worse]!)) continue;
        if (Math.min(order.indexOf(better), order.indexOf(worse)) >= truncation) continue;
        const swapped = order.map((row) => (row === better ? worse : row === worse ? better : row));
        let change = Math.abs(ndcg(order, truncation) - ndcg(swapped, truncation));
        const apart = scores[better]! - scores[worse]!;
        if (normalise && !flat) change /= 0.01 + Math.abs(apart);
        const rho = 1 / (1 + Math.exp(steepness * apart));
        gradient[better]! -= steepness * change * rho;
        gradient[worse]! += steepness * change * rho;
        for (const row of [better, worse]) hessian[row]! += steepness ** 2 * change * rho * (1 - rho);
        pulls += 2 * steepness * change * rho;
      }
    if (normalise && pulls > 0)
      for (const row of own) {
        gradient[row]! *= Math.log2(1 + pulls) / pulls;
        hessian[row]! *= Math.log2(1 + pulls) / pulls;
      }
  }
  return { gradient: gradient.map((v, i) => v * weight[i]!), hessian: hessian.map((v, i) => v * weight[i]!) };
}

test.each([
  [30, 1, true],
  [3, 1, true],
  [3, 2.5, false],
  [1, 1, false],
])(
  "pulls of truncation %i, steepness %d, normalised %s are the slow ones",
  (truncation, steepness, normalise) => {
    const open = lambdaRank({ truncation, steepness, normalise }).open(target);
    for (const scores of [
      new Float64Array(rows),
      Float64Array.from({ length: rows }, () => random.normal()),
      Float64Array.from({ length: rows }, () => random.integer(3)),
    ]) {
      const [gradient, hessian] = [new Float32Array(rows), new Float32Array(rows)];
      open.derivatives(scores, 0, gradient, hessian);
      const expected = slow(scores, truncation, steepness, normalise);
      for (let row = 0; row < rows; row++) {
        expect(gradient[row]).toBeCloseTo(expected.gradient[row]!, 6);
        expect(hessian[row]).toBeCloseTo(expected.hessian[row]!, 6);
      }
    }
  },
);

test("the loss is what NDCG lacks, over groups with something relevant", () => {
  const scores = Float64Array.from({ length: rows }, () => random.normal());
  const own = [0, 1, 2]
    .map((group) =>
      Array.from({ length: groups[group + 1]! - groups[group]! }, (_, at) => groups[group]! + at),
    )
    .filter((list) => list.some((row) => y[row]! > 0))
    .map((list) =>
      ndcg(
        list.toSorted((left, right) => scores[right]! - scores[left]!),
        5,
      ),
    );
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  expect(gradedNdcg(y, scores, groups, 5)).toBeCloseTo(mean, 12);
  expect(lambdaRank({ truncation: 5 }).loss!(target, scores)).toBeCloseTo(1 - mean, 12);
  expect(gradedNdcg(y, y, groups, 5)).toBe(1);
});

test("grades that are none are refused, and groups without any relevance altogether", () => {
  const check = (grades: Float64Array) => lambdaRank().check("fit", { ...target, y: grades });
  expect(() => check(y.map((grade) => grade + 0.5))).toThrow(/a grade of relevance/);
  expect(() => check(y.map(() => 31))).toThrow(/0\.\.30, received 31/);
  expect(() => check(new Float64Array(rows))).toThrow(/a grade above 0/);
});
