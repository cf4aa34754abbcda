import { tidelineError } from "@tideline/spec/error";
import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { numberTransform } from "../number-transform.ts";
import { malformedState } from "../state-check.ts";
import { deviationScale } from "../statistics/constant.ts";
import { momentsOf } from "../statistics/moments.ts";
import { numberSample } from "../statistics/number-sample.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { checkScale } from "./check-scale.ts";
import { lowerPowers } from "./lower-power.ts";
import { noNumbers } from "./not-enough.ts";
import { boxCox, yeoJohnson } from "./power-form.ts";
import { powerLambda } from "./power-lambda.ts";

/** What {@link powerTransformer} takes. */
export interface PowerTransformerOptions {
  /** Box-Cox takes numbers above 0 only. Default "yeo-johnson". */
  readonly method?: "yeo-johnson" | "box-cox";
  /** Whether the powers are centred and scaled to variance 1. Default true. */
  readonly standardize?: boolean;
}

const KIND = "powerTransformer";

/** The definition behind {@link powerTransformer}. */
export const POWER_TRANSFORMER = numberTransform<
  PowerTransformerOptions,
  { lambda: number; mean: number; scale: number }
>({
  kind: KIND,
  forms: { method: namedForm("yeo-johnson", "box-cox"), standardize: FORMS.truth },
  defaults: { method: "yeo-johnson", standardize: true },
  fitLane({ method, standardize }, name) {
    const sample = numberSample();
    return {
      add: sample.add,
      finish() {
        if (sample.count === 0) throw noNumbers(KIND, name);
        const sorted = sample.take().sort();
        checkDomain(method!, name, sorted);
        const lambda = powerLambda(method!, sorted);
        if (standardize !== true) return { lambda, mean: 0, scale: 1 };
        const power = method === "box-cox" ? boxCox : yeoJohnson;
        for (let at = 0; at < sorted.length; at++) sorted[at] = power(sorted[at]!, lambda);
        const moments = momentsOf(KIND, name);
        moments.add({ values: sorted, start: 0, stride: 1 }, sorted.length);
        const { mean, variance, count } = moments;
        return { lambda, mean, scale: deviationScale(variance, mean, count) };
      },
    };
  },
  lengths: () => ({ lambda: 1, mean: 1, scale: 1 }),
  checkLanes({ lambda, scale }) {
    checkScale(KIND, scale!);
    for (const value of lambda!)
      if (!Number.isFinite(value)) throw malformedState(KIND, "lambda", "finite numbers", value);
  },
  applyLane({ lambda, mean, scale }, at, { method }, from, to, rows) {
    const power = method === "box-cox" ? boxCox : yeoJohnson;
    const [own, shift, factor] = [lambda![at]!, mean![at]!, scale![at]!];
    const [source, target] = [from.values, to.values];
    for (let row = 0, read = from.start, write = to.start; row < rows; row++) {
      const x = source[read]!;
      // Box-Cox of what is not above 0 there is none: missing.
      target[write] = method === "box-cox" && !(x > 0) ? Number.NaN : (power(x, own) - shift) / factor;
      read += from.stride;
      write += to.stride;
    }
  },
  lower: (states, { method }, g, x) => lowerPowers(states, method!, g, x),
});

function checkDomain(method: "yeo-johnson" | "box-cox", name: string, sorted: Float64Array): void {
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const least = method === "box-cox" ? "finite numbers above 0" : "finite numbers";
  if (Number.isFinite(high) && Number.isFinite(low) && (method === "yeo-johnson" || low > 0)) return;
  throw tidelineError("DATA_MALFORMED", {
    who: KIND,
    field: `column "${name}"`,
    expected: least,
    received: String(Number.isFinite(low) ? (method === "box-cox" && low <= 0 ? low : high) : low),
    ...(method === "box-cox" && low <= 0
      ? { remedy: 'Use method "yeo-johnson", which takes them all.' }
      : {}),
  });
}

/**
 * Raises each column to the power that makes it most like a normal distribution, then standardises it, as scikit-learn's
 * PowerTransformer: Yeo-Johnson, or Box-Cox. The power is that of the largest likelihood to about 1e-8, the accuracy of its search,
 * so that it may differ from another library's by as much. Fitted on at most 4,194,304 numbers a column.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers, DATA_MALFORMED for numbers that have no power.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(powerTransformer({ columns: ["price"] }), rows);
 */
export function powerTransformer(options: PowerTransformerOptions & Selection = {}): Transform {
  return transformOf(POWER_TRANSFORMER, options);
}
