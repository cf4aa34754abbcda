import { shortNumber } from "../tree/plot/short-number.ts";
import { drawImportance, type FeaturePlotOptions } from "../tree/insight/plot/draw-importance.ts";
import { tidelineError } from "@tideline/spec";
import type { Selected } from "./selected.ts";
import { byScore } from "./univariate.ts";

/**
 * A selection as lines for a terminal: what was kept, then every column with its score, the largest first, and why it went.
 *
 * @example
 * console.log(selectionText(selected));
 */
export function selectionText({ kept, dropped, report }: Selected): string {
  const { method, measure, rows, scores, unjudged } = report;
  const reasons = new Map(dropped.map(({ name, reason }) => [name, reason]));
  const width = Math.min(40, Math.max(6, ...scores.map(({ name }) => name.length)));
  const lines = byScore(scores).map((at) => {
    const { name, score, pValue } = scores[at]!;
    const p = pValue === undefined ? "" : `  p ${shortNumber(pValue, { digits: 3 }) || "-"}`;
    const reason = reasons.get(name);
    const verdict = reason === undefined ? "kept" : `dropped: ${reason}`;
    return `  ${printable(name).padEnd(width)}  ${(shortNumber(score) || "-").padStart(10)}${p}  ${verdict}`;
  });
  const judged = scores.length;
  return [
    `${method}: ${judged - dropped.length} of ${judged} columns kept, of ${rows} rows; ${kept.length} columns in all`,
    `  score: ${measure}`,
    ...lines,
    ...(unjudged.length === 0 ? [] : [`  not judged, and kept: ${unjudged.map(printable).join(", ")}`]),
    "",
  ].join("\n");
}

/** A name without what would move a terminal's cursor. */
function printable(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, "\uFFFD");
}

/**
 * A selection as plain data for JSON; numbers that JSON lacks (NaN, infinities) are `null`.
 *
 * @example
 * JSON.stringify(selectionJson(selected));
 */
export function selectionJson(selected: Selected): unknown {
  return plain(selected);
}

function plain(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, own]) => [field, plain(own)]));
}

/**
 * A bar a column, the largest score first, as an SVG text; columns without a score are left out.
 *
 * @throws ARGUMENT_INVALID where no column has a finite score.
 * @example
 * const svg = drawSelection(selected, { most: 30 });
 */
export function drawSelection({ report }: Selected, options: FeaturePlotOptions = {}): string {
  const { method, measure, scores } = report;
  const bars = scores
    .filter(({ score }) => Number.isFinite(score))
    .map(({ name, score, kept }) => ({ feature: kept ? name : `${name} (dropped)`, value: score, share: 0 }));
  if (bars.length === 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "drawSelection",
      field: "selected",
      expected: "a column with a finite score",
      received: "none",
    });
  return drawImportance(bars, { title: method, axis: measure, ...options });
}
