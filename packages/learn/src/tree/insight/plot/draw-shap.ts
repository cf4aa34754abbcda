import { tidelineError } from "@tideline/spec";
import type { TreeRows } from "../../bin/table-rows.ts";
import { treeTable } from "../../bin/table-rows.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import { askedColumns } from "../asked-column.ts";
import type { ShapValues } from "../shap/shap-values.ts";
import { labelWidth, legend, MOST_LETTERS, type FeaturePlotOptions } from "./draw-importance.ts";
import { bottomAxis, linearScale } from "../../plot/linear-scale.ts";
import { plotFrame } from "../../plot/plot-frame.ts";
import { shortNumber } from "../../plot/short-number.ts";
import { at, textAt } from "../../plot/svg-text.ts";
import { swarmOffsets } from "./swarm.ts";

/** What {@link drawShap} takes. */
export interface ShapPlotOptions extends FeaturePlotOptions {
  /** Default 0. */
  readonly output?: number;
  /** Rows drawn at most, evenly chosen. Default 300. */
  readonly points?: number;
}

const ROW = 34;

/** The feature's value as a share of its range, in four steps of the two colours; missing and categories apart. */
const STEPS = [
  { color: "deep", opacity: 0.95 },
  { color: "deep", opacity: 0.5 },
  { color: "warn", opacity: 0.5 },
  { color: "warn", opacity: 0.95 },
] as const;

const LEGEND = [
  ["deep", "small value"],
  ["warn", "large value"],
  ["muted", "missing, or a category"],
] as const;

/**
 * A strip of points a feature, a point a row, as an SVG text: to the right where its value raises the score, coloured by
 * whether the value is among the small or the large ones of the rows (S. Lundberg's "summary plot").
 *
 * @param shap values of these rows.
 * @throws ARGUMENT_INVALID for values of another ensemble or other rows, and an unknown output.
 * @example
 * const svg = drawShap(shapValues(model.ensemble, rows), model.ensemble, rows, { title: "What decides" });
 */
export function drawShap(
  shap: ShapValues,
  ensemble: TreeEnsemble,
  rows: TreeRows,
  options: ShapPlotOptions = {},
): string {
  const { output = 0, most = 20, points = 300 } = options;
  const { title = "What features add to the score", axis = "Shapley value, in the unit of raw scores" } =
    options;
  const table = treeTable(rows, ensemble.features);
  const features = shap.features.length;
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who: "drawShap", field, expected, received });
  if (shap.values.length !== table.rows * shap.outputs * features || features !== ensemble.features.length)
    throw wrong(
      "shap",
      `values of these ${table.rows} rows and ${ensemble.features.length} features`,
      `${shap.rows} rows, ${features} features`,
    );
  if (!(Number.isInteger(output) && output >= 0 && output < shap.outputs))
    throw wrong("output", `an integer in 0..${shap.outputs - 1}`, String(output));
  const columns = askedColumns(ensemble, table);
  const step = Math.max(1, Math.ceil(table.rows / points));
  const drawn = Array.from({ length: Math.ceil(table.rows / step) }, (_, place) => place * step);
  const valuesOf = (feature: number, of: readonly number[]) =>
    of.map((row) => shap.values[(row * shap.outputs + output) * features + feature]!);
  const all = Array.from({ length: table.rows }, (_, row) => row);
  const sizes = shap.features.map((_, feature) =>
    valuesOf(feature, all).reduce((sum, value) => sum + Math.abs(value), 0),
  );
  const order = [...sizes.keys()].toSorted((a, b) => sizes[b]! - sizes[a]!).slice(0, most);
  const left = labelWidth(order.map((feature) => shap.features[feature]!));
  const [top, width] = [66, left + 460];
  const bottom = top + ROW * order.length;
  const strips = order.map((feature) => valuesOf(feature, drawn));
  let [low, high] = [0, 0];
  for (const value of strips.flat()) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const scale = linearScale(low, high, [left + 8, width - 24]);
  const body = [
    ...legend(LEGEND),
    ...bottomAxis(scale, [top, bottom], axis),
    `<path class="zero" d="M${at(scale.place(0))} ${top}V${at(bottom)}"/>`,
    ...order.flatMap((feature, place) => {
      const middle = top + ROW * (place + 0.5);
      const categorical = ensemble.features[feature]!.kind === "categorical";
      const shades = shadesOf(drawn.map((row) => (categorical ? NaN : columns[feature]![row]!)));
      const xs = strips[place]!.map(scale.place);
      const offsets = swarmOffsets(xs, ROW / 2 - 4);
      const label = textAt(left - 10, middle + 4, shap.features[feature]!, {
        anchor: "end",
        most: MOST_LETTERS,
      });
      return [label, ...xs.map((x, i) => dot(x, middle + offsets[i]!, shades[i]))];
    }),
  ];
  const first = order[0]!;
  const mean = shortNumber(sizes[first]! / table.rows);
  const summary = `Largest in the mean: ${shap.features[first]!}, ${mean}. ${drawn.length} of ${table.rows} rows are drawn.`;
  return plotFrame({ width, height: bottom + 56, title, summary }, body);
}

function dot(x: number, y: number, shade: number | undefined): string {
  const { color, opacity } = shade === undefined ? { color: "muted", opacity: 0.6 } : STEPS[shade]!;
  return `<circle class="${color}" cx="${at(x)}" cy="${at(y)}" r="2.6" opacity="${opacity}"/>`;
}

/** The quarter that each value's rank falls into; undefined for a missing one. */
function shadesOf(values: readonly number[]): readonly (number | undefined)[] {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const quarters = [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!);
  return values.map((value) => {
    if (Number.isNaN(value)) return undefined;
    // Few different values (a flag) still take the two ends.
    if (value === low && low < high) return 0;
    if (value === high && low < high) return 3;
    return quarters.filter((quarter) => value > quarter).length;
  });
}
