import { minimiseBounded } from "../statistics/minimise-bounded.ts";
import { momentsOf } from "../statistics/moments.ts";
import { boxCox, yeoJohnson } from "./power-form.ts";

/** Half of the exponents of float64, so that a variance of powers neither overflows nor vanishes. */
const LOG_EPSILON = Math.log(Number.EPSILON);
const LOWEST = (Math.log(2.2250738585072014e-308) - LOG_EPSILON) / 2;
const HIGHEST = (Math.log(Number.MAX_VALUE) + LOG_EPSILON) / 2;

/**
 * The power that makes numbers most like normal ones: that of the largest likelihood.
 *
 * @param values sorted, finite, above 0 for Box-Cox; at least one.
 */
export function powerLambda(method: "yeo-johnson" | "box-cox", values: Float64Array): number {
  const [low, high] = [values[0]!, values.at(-1)!];
  if (low === high) return 1;
  const logs =
    method === "box-cox"
      ? values.map((x) => Math.log(x))
      : values.map((x) => Math.sign(x) * Math.log1p(Math.abs(x)));
  let sum = 0;
  for (const log of logs) sum += log;
  const power = method === "box-cox" ? boxCox : yeoJohnson;
  const made = new Float64Array(values.length);
  const loss = (lambda: number): number => {
    for (let at = 0; at < values.length; at++) made[at] = power(values[at]!, lambda);
    const moments = momentsOf("powerTransformer", "");
    try {
      moments.add({ values: made, start: 0, stride: 1 }, made.length);
    } catch {
      return Infinity;
    }
    const { variance } = moments;
    const likelihood = (lambda - 1) * sum - (values.length / 2) * Math.log(variance);
    // A variance of 0 is a rounded one: no power makes different numbers alike.
    return Number.isFinite(likelihood) ? -likelihood : Infinity;
  };
  const [from, to] = boundsOf(method, low, high);
  return minimiseBounded(loss, from, to);
}

/** Powers of twenty times the numbers neither overflow nor vanish. */
function boundsOf(method: "yeo-johnson" | "box-cox", low: number, high: number): readonly [number, number] {
  if (method === "box-cox") {
    const size = Math.max(Math.abs(Math.log(low)), Math.abs(Math.log(high)), 1e-3) + Math.log(20);
    return [-Math.min(HIGHEST / size, 1000), Math.min(HIGHEST / size, 1000)];
  }
  const size = Math.log1p(20 * Math.max(Math.abs(low), Math.abs(high)));
  const [from, to] = [LOWEST / size, HIGHEST / size];
  if (high < 0) return [2 - to, 2 - from];
  return low < 0 ? [Math.max(2 - to, from), Math.min(2 - from, to)] : [from, to];
}
