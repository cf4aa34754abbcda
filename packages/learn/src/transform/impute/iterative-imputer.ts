import type { Column, FrameSchema } from "../../frame/column.ts";
import { illegalOption } from "../../net/check-option.ts";
import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { laneNames, widthOf } from "../lane.ts";
import { NUMBER_KINDS } from "../number-transform.ts";
import { resolveOptions } from "../resolve-options.ts";
import { checkFloats, malformedState } from "../state-check.ts";
import type { TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import type { IterativeImputerOptions } from "./iterative-option.ts";
import { fitRounds, runRounds, type Rounds } from "./iterative-round.ts";
import { lowerRounds } from "./lower-round.ts";
import { numberFit } from "./number-fill.ts";
import { floatSchema } from "./number-schema.ts";
import { columnsOfRows, rowKeeper, rowMatrix } from "./row-matrix.ts";

const KIND = "iterativeImputer";
const finite = {
  expected: "a finite number",
  fits: (value: unknown) => typeof value === "number" && Number.isFinite(value),
};
const FORMS_OF = {
  maxIter: {
    expected: "an integer of 1 to 1000",
    fits: (value: unknown) => FORMS.count.fits(value) && (value as number) <= 1000,
  },
  tol: FORMS.notNegative,
  initialStrategy: namedForm("mean", "median", "most_frequent"),
  imputationOrder: namedForm("ascending", "descending", "roman", "arabic"),
  skipComplete: FORMS.truth,
  minValue: finite,
  maxValue: finite,
};
const DEFAULTS = {
  maxIter: 10,
  tol: 1e-3,
  initialStrategy: "mean",
  imputationOrder: "ascending",
  skipComplete: false,
};

/** The definition behind {@link iterativeImputer}. */
export const ITERATIVE_IMPUTER: TransformDef<IterativeImputerOptions, Rounds> = Object.freeze({
  kind: KIND,
  traits: { accepts: NUMBER_KINDS, labels: "none", memory: "rows", ordered: false } as const,
  forms: FORMS_OF,
  resolve(given: IterativeImputerOptions) {
    const options = resolveOptions(KIND, FORMS_OF, DEFAULTS, given);
    const { minValue = -Infinity, maxValue = Infinity } = options;
    if (minValue >= maxValue)
      throw illegalOption(KIND, "minValue", `a number below ${maxValue}`, String(minValue));
    return options;
  },
  begin(options: IterativeImputerOptions, inputs: FrameSchema) {
    const width = widthOf(inputs);
    const kept = rowKeeper(KIND, width);
    return {
      add: kept.add,
      finish() {
        const values = kept.take();
        const { rows } = kept;
        const initial = laneNames(inputs).map((name, lane) => {
          const fit = numberFit(KIND, options.initialStrategy!, name);
          fit.add({ values, start: lane, stride: width }, rows);
          return fit.finish();
        });
        return fitRounds(values, rows, Float64Array.from(initial), options);
      },
    };
  },
  checkState(state: Rounds, _: IterativeImputerOptions, inputs: FrameSchema) {
    const width = widthOf(inputs);
    const { order } = state;
    if (!(order instanceof Int32Array) || order.some((lane) => !(lane >= 0 && lane < width)))
      throw malformedState(KIND, "order", `places of ${width} columns`, typeof order);
    checkFloats(KIND, state, { initial: width, lines: order.length * (width + 1) });
  },
  outputs: (_: Rounds, _options: IterativeImputerOptions, inputs: FrameSchema) => floatSchema(inputs),
  apply(state: Rounds, options: IterativeImputerOptions, columns: readonly Column[], rows: number) {
    const values = rowMatrix(columns, rows, KIND);
    runRounds(state, options, values, rows);
    return columnsOfRows(columns, values, rows);
  },
  lower: lowerRounds,
});

/**
 * Fills what is missing with what the other columns say, round after round: each column is modelled by all others with Bayesian ridge
 * regression, as scikit-learn's IterativeImputer with its defaults (S. van Buuren and K. Groothuis-Oudshoorn, "mice", 2011). It does not
 * draw from posteriors.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers, ARGUMENT_INVALID for more than 33,554,432 numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not or contradict each other.
 * @example
 * fitTransform(iterativeImputer({ columns: ["height", "weight", "age"], minValue: 0 }), rows);
 */
export function iterativeImputer(options: IterativeImputerOptions & Selection = {}): Transform {
  return transformOf(ITERATIVE_IMPUTER, options);
}
