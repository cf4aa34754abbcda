import { keepMissing } from "../graph-math.ts";
import { rowConstant } from "../number-graph.ts";
import { numberTransform } from "../number-transform.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { boundFit, OUTLIER_FORMS, outlierDefaults, type Bounds, type OutlierOptions } from "./bound.ts";

const KIND = "outlierClipper";

const CLIPPER = numberTransform<OutlierOptions, Bounds>({
  kind: KIND,
  forms: OUTLIER_FORMS,
  defaults: {},
  keepsUnit: true,
  fitLane: (options, name) => boundFit(KIND, options, name),
  lengths: () => ({ low: 1, high: 1 }),
  applyLane({ low, high }, at, _, from, to, rows) {
    const [least, most] = [low![at]!, high![at]!];
    const [source, target] = [from.values, to.values];
    for (let row = 0, read = from.start, write = to.start; row < rows; row++) {
      const value = source[read]!;
      target[write] = value < least ? least : value > most ? most : value;
      read += from.stride;
      write += to.stride;
    }
  },
  lower: ({ low, high }, _, g, x) =>
    keepMissing(g, x, g.op("Min", [g.op("Max", [x, rowConstant(g, low!)]), rowConstant(g, high!)])),
});

/** The definition behind {@link outlierClipper}. */
export const OUTLIER_CLIPPER: typeof CLIPPER = Object.freeze({
  ...CLIPPER,
  resolve: (given: OutlierOptions) => outlierDefaults(CLIPPER.resolve(given)),
});

/**
 * Brings numbers that lie too far out to the bound that they cross. Missing ones stay missing. Where more than half of the numbers are
 * equal, `iqr` and `mad` leave no room: everything becomes that number.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(outlierClipper({ method: "mad", columns: ["price"] }), rows);
 */
export function outlierClipper(options: OutlierOptions & Selection = {}): Transform {
  return transformOf(OUTLIER_CLIPPER, options);
}
