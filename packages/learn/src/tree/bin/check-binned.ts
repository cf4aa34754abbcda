import { tidelineError, type TidelineError } from "@tideline/spec";
import type { BinnedFeature, BinnedTable } from "../binned-table.ts";
import { described } from "./numeric-value.ts";

/**
 * Holds bins that somebody else made to what their type says. Every bin is looked at: one that its feature lacks would be
 * read beyond a histogram's end.
 *
 * @throws ARGUMENT_INVALID for features, or memory, of another form; DATA_MALFORMED, with feature and row, for a bin that
 *   there is not.
 */
export function checkBinned(who: string, table: BinnedTable): void {
  const wrong = (field: string, expected: string, received: string): TidelineError =>
    tidelineError("ARGUMENT_INVALID", { who, field: `binned.${field}`, expected, received });
  const { rows, features, bins } = table ?? {};
  if (!Number.isSafeInteger(rows) || rows < 0) throw wrong("rows", "an integer of at least 0", String(rows));
  if (!Array.isArray(features) || features.length === 0)
    throw wrong("features", "a list of at least one feature", described(features));
  if (!Array.isArray(bins) || bins.length !== features.length)
    throw wrong("bins", `${features.length} arrays, one for each feature`, described(bins));
  const names = new Set<string>();
  for (const [place, feature] of (features as readonly BinnedFeature[]).entries()) {
    const { name } = feature;
    if (names.has(name)) throw wrong("features", "each name once", `${JSON.stringify(name)} twice`);
    names.add(name);
    const problem = formProblem(feature);
    if (problem !== undefined) throw wrong(`features.${name}`, problem, "others");
    const codes: unknown = bins[place];
    if (!(codes instanceof Uint8Array)) throw wrong(`bins.${name}`, "a Uint8Array", described(codes));
    if (codes.length !== rows) throw wrong(`bins.${name}`, `${rows} rows`, String(codes.length));
    checkCodes(who, feature, codes);
  }
}

/** What the parts of a feature must be, where they are not. */
function formProblem(feature: BinnedFeature): string | undefined {
  if (feature.kind === "numeric") {
    const { upper, missing, bins } = feature;
    const fits =
      upper instanceof Float64Array &&
      upper.length >= 1 &&
      upper.length <= 255 &&
      upper.at(-1) === Infinity &&
      upper.every((bound, bin) => bin === 0 || bound > upper[bin - 1]!) &&
      bins === upper.length + (missing ? 1 : 0);
    return fits ? undefined : "1 to 255 ascending bounds in `upper`, the last Infinity, and as many bins";
  }
  const { codes, categories, bins } = feature;
  const fits =
    codes instanceof Int32Array &&
    Array.isArray(categories) &&
    codes.length <= 254 &&
    bins === codes.length + 1 &&
    new Set(codes).size === codes.length &&
    codes.every((code) => code >= 0 && code < categories.length);
  return fits
    ? undefined
    : "at most 254 places of `categories` in `codes`, each once, and a bin more than those";
}

function checkCodes(who: string, { name, bins }: BinnedFeature, codes: Uint8Array): void {
  let largest = 0;
  for (let row = 0; row < codes.length; row++) largest = Math.max(largest, codes[row]!);
  if (largest < bins) return;
  const row = codes.findIndex((bin) => bin >= bins);
  throw tidelineError("DATA_MALFORMED", {
    who,
    field: `binned.bins.${name}[${row}]`,
    expected: `a bin of 0..${bins - 1}`,
    received: String(codes[row]),
  });
}
