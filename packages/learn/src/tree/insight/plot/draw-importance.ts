import { tidelineError } from "@tideline/spec";
import type { PermutedFeature } from "../importance/permutation-importance.ts";
import type { FeatureImportance } from "../importance/split-importance.ts";
import type { FeatureEffect } from "../shap/shap-summary.ts";
import { bottomAxis, linearScale } from "../../plot/linear-scale.ts";
import { plotFrame, type PlotColor } from "../../plot/plot-frame.ts";
import { shortNumber } from "../../plot/short-number.ts";
import { at, shortened, textAt, widthOf } from "../../plot/svg-text.ts";

/** How a drawing of features is labelled. */
export interface FeaturePlotOptions {
  readonly title?: string;
  /** What the axis counts, with its unit. */
  readonly axis?: string;
  /** Features at most, the largest. Default 20. */
  readonly most?: number;
}

interface Bar {
  readonly feature: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly color: PlotColor;
}

/** Correlations below this in size are called no direction. */
const NO_DIRECTION = 0.2;

function barOf(item: FeatureImportance | FeatureEffect | PermutedFeature): Bar {
  const { feature } = item;
  if ("meanAbsolute" in item) {
    const { meanAbsolute: value, direction = 0 } = item;
    const color = Math.abs(direction) < NO_DIRECTION ? "muted" : direction > 0 ? "warn" : "deep";
    return { feature, value, low: value, high: value, color };
  }
  if ("interval" in item) {
    const known = Number.isFinite(item.interval.low);
    const { low, high } = known ? item.interval : { low: item.mean, high: item.mean };
    return { feature, value: item.mean, low, high, color: "tide" };
  }
  return { feature, value: item.value, low: item.value, high: item.value, color: "tide" };
}

const LEGEND = [
  ["warn", "larger values raise the score"],
  ["deep", "larger values lower it"],
  ["muted", "neither, or categories"],
] as const;

/**
 * A bar a feature, the largest first, as an SVG text: of {@link gainImportance}, {@link splitImportance}, an output of
 * {@link shapSummary} (coloured by direction), or the features of {@link permutationImportance} (with their intervals).
 *
 * @throws ARGUMENT_INVALID without features, or with a value that is not finite.
 * @example
 * const svg = drawImportance(gainImportance(model.ensemble), { title: "What the trees ask", axis: "gain" });
 */
export function drawImportance(
  features: readonly (FeatureImportance | FeatureEffect | PermutedFeature)[],
  options: FeaturePlotOptions = {},
): string {
  const who = "drawImportance";
  const { title = "Importance of features", axis = "importance", most = 20 } = options;
  const bars = features.map(barOf);
  const wrong = bars.find(({ value }) => !Number.isFinite(value));
  if (bars.length === 0 || wrong !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "features",
      expected: "at least one feature, with finite values",
      received: wrong === undefined ? "none" : `${wrong.value} for ${JSON.stringify(wrong.feature)}`,
    });
  const shown = bars.toSorted((a, b) => b.value - a.value).slice(0, most);
  const directed = features.some((item) => "direction" in item);
  const left = labelWidth(shown.map(({ feature }) => feature));
  const top = directed ? 66 : 44;
  const bottom = top + 26 * shown.length + 6;
  const width = left + 460;
  const low = Math.min(0, ...shown.map((bar) => bar.low));
  const scale = linearScale(low, Math.max(0, ...shown.map((bar) => bar.high)), [left, width - 84]);
  const body = [
    ...(directed ? legend(LEGEND) : []),
    ...bottomAxis(scale, [top, bottom], axis),
    ...shown.flatMap((bar, place) => drawBar(bar, scale.place, left, top + 6 + 26 * place)),
  ];
  const [first] = shown;
  const more = bars.length > shown.length ? ` The first ${shown.length} of ${bars.length}.` : "";
  const summary = `Largest: ${first!.feature}, ${shortNumber(first!.value)} (${axis}).${more}`;
  return plotFrame({ width, height: bottom + 56, title, summary }, body);
}

function drawBar(bar: Bar, place: (value: number) => number, left: number, y: number): readonly string[] {
  const [zero, end] = [place(0), place(bar.value)];
  const x = Math.min(zero, end);
  const parts = [
    textAt(left - 10, y + 14, bar.feature, { anchor: "end", most: MOST_LETTERS }),
    `<rect class="${bar.color}" x="${at(x)}" y="${at(y)}" width="${at(Math.max(1, Math.abs(end - zero)))}" height="18" rx="2"/>`,
    textAt(place(Math.max(0, bar.high)) + 8, y + 14, shortNumber(bar.value), { className: "muted" }),
  ];
  if (bar.high > bar.low)
    parts.push(
      `<path class="whisker" d="M${at(place(bar.low))} ${at(y + 9)}H${at(place(bar.high))}M${at(place(bar.low))} ${at(y + 5)}v8M${at(place(bar.high))} ${at(y + 5)}v8"/>`,
    );
  return parts;
}

/** Letters of a feature's name at most. */
export const MOST_LETTERS = 30;

/** Pixels that names on the left take. */
export function labelWidth(names: readonly string[]): number {
  return 30 + names.reduce((widest, name) => Math.max(widest, widthOf(shortened(name, MOST_LETTERS))), 40);
}

/** Coloured squares with what they mean, in a line below the title. */
export function legend(entries: readonly (readonly [PlotColor, string])[]): readonly string[] {
  let x = 16;
  return entries.flatMap(([color, name]) => {
    const square = `<rect class="${color}" x="${at(x)}" y="39" width="12" height="12" rx="2"/>`;
    const label = textAt(x + 18, 49, name, { className: "muted" });
    x += 36 + widthOf(name);
    return [square, label];
  });
}
