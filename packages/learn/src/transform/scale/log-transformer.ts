import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { choose, keepMissing, log1p, one } from "../graph-math.ts";
import { numberTransform } from "../number-transform.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";

/** What {@link logTransformer} takes. */
export interface LogTransformerOptions {
  /**
   * `log1p`: log(1 + x); `log`: log(x); `signed`: sign(x) log(1 + |x|), for numbers of both signs. Default "log1p".
   */
  readonly form?: "log1p" | "log" | "signed";
  /** Of the logarithm. Default e. */
  readonly base?: number;
}

const KIND = "logTransformer";

/** The definition behind {@link logTransformer}. */
export const LOG_TRANSFORMER = numberTransform<LogTransformerOptions, Record<never, never>>({
  kind: KIND,
  forms: {
    form: namedForm("log1p", "log", "signed"),
    base: {
      expected: "a finite number above 0 other than 1",
      fits: (value) => FORMS.positive.fits(value) && value !== 1,
    },
  },
  defaults: { form: "log1p", base: Math.E },
  fitLane: () => ({ add: () => undefined, finish: () => ({}) }),
  lengths: () => ({}),
  applyLane(_, _at, { form, base }, from, to, rows) {
    const [source, target] = [from.values, to.values];
    const factor = base === Math.E ? 1 : 1 / Math.log(base!);
    for (let row = 0, read = from.start, write = to.start; row < rows; row++) {
      const x = source[read]!;
      let y = form === "log" ? Math.log(x) : form === "log1p" ? Math.log1p(x) : Math.log1p(Math.abs(x));
      if (form === "signed" && x < 0) y = -y;
      // A logarithm that there is not is missing.
      target[write] = y === -Infinity ? Number.NaN : y * factor;
      read += from.stride;
      write += to.stride;
    }
  },
  lower(_, { form, base }, g, x) {
    const size = form === "signed" ? g.op("Abs", [x]) : x;
    const some = g.op("Greater", [size, one(g, 0)]);
    const log =
      form === "log"
        ? choose(g, some, g.op("Log", [choose(g, some, size, one(g, 1))]), one(g, Number.NaN))
        : log1p(g, size);
    const signed = form === "signed" ? g.op("Mul", [g.op("Sign", [x]), log]) : log;
    const scaled = base === Math.E ? signed : g.op("Mul", [signed, one(g, 1 / Math.log(base!))]);
    return keepMissing(g, x, scaled);
  },
});

/**
 * The logarithm of each number, for what grows by factors: prices, counts, durations. A number that has none (1 + x or x not
 * above 0) becomes missing.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(logTransformer({ columns: ["price"], base: 10 }), rows);
 */
export function logTransformer(options: LogTransformerOptions & Selection = {}): Transform {
  return transformOf(LOG_TRANSFORMER, options);
}
