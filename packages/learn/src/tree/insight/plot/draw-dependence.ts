import { tidelineError } from "@tideline/spec";
import type { PartialDependence } from "../dependence/partial-dependence.ts";
import type { TreeCategory } from "../../tree-ensemble.ts";
import { bottomAxis, leftAxis, linearScale } from "../../plot/linear-scale.ts";
import { plotFrame } from "../../plot/plot-frame.ts";
import { shortNumber } from "../../plot/short-number.ts";
import { at, textAt } from "../../plot/svg-text.ts";

/** What {@link drawDependence} takes. */
export interface DependencePlotOptions {
  readonly title?: string;
  /** Unit of the feature, in brackets behind its name. */
  readonly unit?: string;
  /** What the score counts. Default "raw score". */
  readonly axis?: string;
  /** Default 0. */
  readonly output?: number;
  /** Curves of rows at most, evenly chosen of those that were kept. Default 50. */
  readonly curves?: number;
}

const [WIDTH, HEIGHT] = [640, 400];
const [LEFT, RIGHT, TOP, BOTTOM] = [84, 616, 48, 336];
/** Pixels at the right end that a missing value's point takes. */
const APART = 64;

/**
 * The score over one feature as an SVG text: a curve for numbers (with the curves of rows behind it where they were kept, and
 * a point apart for what is missing), points for categories.
 *
 * @throws ARGUMENT_INVALID for two features, or an unknown output.
 * @example
 * const svg = drawDependence(partialDependence(model.ensemble, rows, "age", { ice: true }), { unit: "years" });
 */
export function drawDependence(dependence: PartialDependence, options: DependencePlotOptions = {}): string {
  const { output = 0, axis = "raw score", unit, curves = 50 } = options;
  const [first, second] = dependence.axes;
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: "drawDependence", field, expected, received });
  if (first === undefined || second !== undefined)
    throw wrong("dependence", "one feature", String(dependence.axes.length));
  if (!(Number.isInteger(output) && output >= 0 && output < dependence.outputs))
    throw wrong("output", `an integer in 0..${dependence.outputs - 1}`, String(output));
  const { feature, values, kind } = first;
  const title = options.title ?? `${axis} over ${feature}`;
  const points = values.length;
  const mean = dependence.mean.subarray(output * points, (output + 1) * points);
  const each = rowCurves(dependence, output, points, curves);
  let [low, high] = [Infinity, -Infinity];
  for (const score of [...mean, ...each.flatMap((curve) => [...curve])])
    [low, high] = [Math.min(low, score), Math.max(high, score)];
  const y = linearScale(low, high, [BOTTOM, TOP]);
  const name = unit === undefined ? feature : `${feature} (${unit})`;
  const across =
    kind === "numeric" ? numberAxis(values as readonly number[], name) : categoryAxis(values, name);
  const path = (curve: Float64Array) => pathOf(across.xs, curve, y.place);
  const joined = kind === "numeric" && across.joined > 1;
  const body = [
    ...leftAxis(y, [LEFT, RIGHT], axis),
    ...across.drawn,
    ...(joined
      ? each.map((curve) => `<path class="each" d="${path(curve.subarray(0, across.joined))}"/>`)
      : []),
    ...(joined ? [`<path class="curve" d="${path(mean.subarray(0, across.joined))}"/>`] : []),
    ...across.xs
      .slice(joined ? across.joined : 0)
      .map(
        (x, i) =>
          `<circle class="tide" cx="${at(x)}" cy="${at(y.place(mean[i + (joined ? across.joined : 0)]!))}" r="4.5"/>`,
      ),
  ];
  const [least, most] = [Math.min(...mean), Math.max(...mean)];
  const place = (score: number) => labelOf(values[mean.indexOf(score)]!);
  const summary = `From ${shortNumber(least)} at ${place(least)} to ${shortNumber(most)} at ${place(most)} (${axis}), the mean of ${dependence.rows} rows.`;
  return plotFrame({ width: WIDTH, height: HEIGHT, title, summary }, body);
}

interface AxisAcross {
  /** Pixels of each value. */
  readonly xs: readonly number[];
  /** How many of them, from the first, a line joins. */
  readonly joined: number;
  readonly drawn: readonly string[];
}

function numberAxis(values: readonly number[], name: string): AxisAcross {
  const numbers = values.filter((value) => !Number.isNaN(value));
  const missing = numbers.length < values.length;
  const right = missing ? RIGHT - APART : RIGHT - 8;
  const [low, high] = numbers.length === 0 ? [0, 1] : [Math.min(...numbers), Math.max(...numbers)];
  const scale = linearScale(low, high, [LEFT + 8, right]);
  return {
    xs: values.map((value) => (Number.isNaN(value) ? RIGHT - 24 : scale.place(value))),
    joined: numbers.length,
    drawn: [
      ...bottomAxis(scale, [TOP, BOTTOM], name),
      ...(missing
        ? [textAt(RIGHT - 24, BOTTOM + 18, "missing", { anchor: "middle", className: "muted" })]
        : []),
    ],
  };
}

function categoryAxis(values: readonly TreeCategory[], name: string): AxisAcross {
  const gap = (RIGHT - LEFT) / values.length;
  const xs = values.map((_, place) => LEFT + gap * (place + 0.5));
  const letters = Math.max(2, Math.floor(gap / 7.5));
  return {
    xs,
    joined: 0,
    drawn: [
      ...xs.map((x, place) =>
        textAt(x, BOTTOM + 18, labelOf(values[place]!), {
          anchor: "middle",
          className: "muted",
          most: letters,
        }),
      ),
      textAt((LEFT + RIGHT) / 2, BOTTOM + 40, name, { anchor: "middle", className: "muted", most: 80 }),
    ],
  };
}

function labelOf(value: TreeCategory): string {
  if (value === null || Number.isNaN(value)) return "missing";
  return typeof value === "number" ? shortNumber(value) : String(value);
}

function rowCurves(
  { ice, rows, outputs }: PartialDependence,
  output: number,
  points: number,
  most: number,
): readonly Float64Array[] {
  if (ice === undefined || most < 1) return [];
  const step = Math.max(1, Math.ceil(rows / most));
  return Array.from({ length: Math.ceil(rows / step) }, (_, place) => {
    const from = (place * step * outputs + output) * points;
    return ice.subarray(from, from + points);
  });
}

/** Steps, as trees are constant between thresholds, would claim where they lie; straight lines do not. */
function pathOf(xs: readonly number[], curve: Float64Array, y: (score: number) => number): string {
  return [...curve].map((score, i) => `${i === 0 ? "M" : "L"}${at(xs[i]!)} ${at(y(score))}`).join("");
}
