import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { numberTransform } from "../number-transform.ts";
import { malformedState } from "../state-check.ts";
import { between } from "../statistics/select-nth.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import { numberSample } from "../statistics/number-sample.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { BOUND, type QuantileTransformerOptions } from "./quantile-option.ts";
import { lowerQuantiles } from "./lower-quantile.ts";
import { noNumbers } from "./not-enough.ts";

const KIND = "quantileTransformer";

/** The definition behind {@link quantileTransformer}. */
export const QUANTILE_TRANSFORMER = numberTransform<
  QuantileTransformerOptions,
  { quantiles: Float64Array; used: number }
>({
  kind: KIND,
  forms: {
    nQuantiles: {
      expected: "an integer of 2 to 100000",
      fits: (value) => FORMS.count.fits(value) && (value as number) >= 2 && (value as number) <= 100_000,
    },
    outputDistribution: namedForm("uniform", "normal"),
  },
  defaults: { nQuantiles: 1000, outputDistribution: "uniform" },
  fitLane({ nQuantiles }, name) {
    const sample = numberSample();
    let rows = 0;
    return {
      add(lane, count) {
        rows += count;
        sample.add(lane, count);
      },
      finish() {
        if (sample.count === 0) throw noNumbers(KIND, name);
        const sorted = sample.take().sort();
        // As many as rows, missing ones among them; the rest of the room repeats the last.
        const used = Math.max(1, Math.min(nQuantiles!, rows));
        const quantiles = new Float64Array(nQuantiles!);
        for (let at = 0; at < nQuantiles!; at++) {
          const share = used === 1 ? 0 : Math.min(at, used - 1) / (used - 1);
          const position = share * (sorted.length - 1);
          const below = Math.floor(position);
          const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
          quantiles[at] = Math.max(
            between(sorted[below]!, high, position - below),
            at > 0 ? quantiles[at - 1]! : -Infinity,
          );
        }
        return { quantiles, used };
      },
    };
  },
  lengths: ({ nQuantiles }) => ({ quantiles: nQuantiles!, used: 1 }),
  checkLanes({ quantiles, used }, { nQuantiles }) {
    for (const count of used!)
      if (!Number.isInteger(count) || count < 1 || count > nQuantiles!)
        throw malformedState(KIND, "used", `1 to ${nQuantiles}`, count);
    const each = nQuantiles!;
    for (let at = 0; at < quantiles!.length; at++)
      if (!(at % each === 0 ? Number.isFinite(quantiles![at]!) : quantiles![at]! >= quantiles![at - 1]!))
        throw malformedState(KIND, "quantiles", "rising numbers", quantiles![at]);
  },
  applyLane({ quantiles, used }, at, { nQuantiles, outputDistribution }, from, to, rows) {
    const count = used![at]!;
    const own = quantiles!.subarray(at * nQuantiles!, at * nQuantiles! + count);
    const normal = outputDistribution === "normal";
    const [source, target] = [from.values, to.values];
    const clip = normalQuantile(BOUND - Number.EPSILON);
    for (let row = 0, read = from.start, write = to.start; row < rows; row++) {
      const share = shareOf(source[read]!, own, normal ? BOUND : 0);
      target[write] = normal ? Math.max(clip, Math.min(-clip, normalQuantile(share))) : share;
      read += from.stride;
      write += to.stride;
    }
  },
  lower: (states, options, g, x, width) => lowerQuantiles(states, options, g, x, width),
});

/** The share of training numbers below `x`, half of those equal to it, between two quantiles in proportion. */
function shareOf(x: number, quantiles: Float64Array, bound: number): number {
  const last = quantiles.length - 1;
  if (x !== x) return x;
  // In this order: of a constant column every number is the least.
  if (bound > 0 ? x - bound < quantiles[0]! : x <= quantiles[0]!) return 0;
  if (bound > 0 ? x + bound > quantiles[last]! : x >= quantiles[last]!) return 1;
  // The last quantile that is not above x, and the first that is not below it.
  let [low, high] = [0, last];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (quantiles[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  const under = low;
  if (quantiles[under] !== x) {
    const [a, b] = [quantiles[under]!, quantiles[under + 1]!];
    return (under + (x - a) / (b - a)) / last;
  }
  [low, high] = [0, under];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (quantiles[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return (under + low) / 2 / last;
}

/**
 * Spreads the numbers of each column evenly (or normally) by their rank among the training rows, which tames any outlier and any
 * skew, as scikit-learn's QuantileTransformer without its subsampling. Exact to 4,194,304 numbers a column; of more, by a uniform
 * sample of that many.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(quantileTransformer({ outputDistribution: "normal" }), rows);
 */
export function quantileTransformer(options: QuantileTransformerOptions & Selection = {}): Transform {
  return transformOf(QUANTILE_TRANSFORMER, options);
}
