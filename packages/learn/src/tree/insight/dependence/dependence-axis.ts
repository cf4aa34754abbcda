import { tidelineError, type TidelineError } from "@tideline/spec";
import { quantileOfSorted } from "../../../quantile.ts";
import type { TreeCategory, TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../../tree-table.ts";
import { featureIndex } from "../asked-column.ts";

/** Which values of a feature are tried. */
export interface GridOptions {
  /** Values at most, between quantiles of the rows' own; categories at most, the most frequent. Default 24. */
  readonly points?: number;
  /** The shares of the rows' values that the first and the last quantile leave below. Default [0.05, 0.95]. */
  readonly between?: readonly [number, number];
  /** Values of your own, by feature: finite numbers, which are sorted, or categories; NaN or null for missing. */
  readonly grid?: Readonly<Record<string, readonly TreeCategory[]>>;
}

/** A feature and the values of it that were tried. */
export interface DependenceAxis {
  readonly feature: string;
  readonly kind: TreeFeature["kind"];
  /** Numbers ascending, or categories; last, where any row has it, what is missing: NaN, or null. */
  readonly values: readonly TreeCategory[];
}

/** An axis as a column. */
export interface GridColumn extends DependenceAxis {
  /** The place of the feature. */
  readonly at: number;
  readonly column: TreeColumn;
}

/** @throws ARGUMENT_INVALID for an unknown feature, and values of a grid that the feature cannot have. */
export function gridColumn(
  who: string,
  ensemble: TreeEnsemble,
  table: TreeTable,
  name: string,
  options: GridOptions,
): GridColumn {
  const at = featureIndex(who, ensemble, name);
  const column = table.columns[at]!;
  const given = options.grid ?? {};
  const own = Object.hasOwn(given, name) ? ownValues(who, name, column.kind, given[name]!) : undefined;
  const [kind, { points = 24 }] = [column.kind, options];
  const tried =
    own ??
    (column.kind === "numeric"
      ? quantilesOf(column.values, points, options.between)
      : categoriesOf(column, points));
  if (tried.length === 0) throw wrongGrid(who, name, "at least one value", "none");
  const values = Object.freeze([...tried]);
  if (column.kind === "numeric") {
    const numbers = Float64Array.from(values as readonly number[]);
    return {
      at,
      feature: name,
      kind,
      values,
      column: { ...column, values: numbers },
    };
  }
  const codes = Int32Array.from(values, (value) => {
    const code = value === null ? -1 : column.categories.indexOf(value);
    if (code >= 0 || value === null) return code;
    throw wrongGrid(who, name, "categories that the model knows, or null", JSON.stringify(value));
  });
  return { at, feature: name, kind, values, column: { ...column, codes } };
}

/** Given values as an axis has them: each once, numbers ascending, what is missing last. */
function ownValues(
  who: string,
  name: string,
  kind: TreeFeature["kind"],
  values: readonly TreeCategory[],
): readonly TreeCategory[] {
  const different = [...new Set(values)];
  if (kind === "categorical")
    return different.toSorted((one, other) => Number(one === null) - Number(other === null));
  const wrong = different.find((value) => typeof value !== "number" || Math.abs(value) === Infinity);
  if (wrong !== undefined)
    throw wrongGrid(
      who,
      name,
      "finite numbers, or NaN",
      typeof wrong === "number" ? String(wrong) : JSON.stringify(wrong),
    );
  const numbers = (different as number[])
    .filter((value) => !Number.isNaN(value))
    .sort((one, other) => one - other);
  return different.some(Number.isNaN) ? [...numbers, Number.NaN] : numbers;
}

function wrongGrid(who: string, name: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who, field: `grid.${name}`, expected, received });
}

/** Different values if there are few, else quantiles; NaN last where a value is missing. */
function quantilesOf(
  values: ArrayLike<number>,
  points: number,
  [from, to]: readonly [number, number] = [0.05, 0.95],
): readonly number[] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const missing = Array.prototype.some.call(values, Number.isNaN) ? [NaN] : [];
  const different = sorted.filter((value, place) => place === 0 || value !== sorted[place - 1]);
  if (different.length <= points) return [...different, ...missing];
  const shares = Array.from(
    { length: points },
    (_, at) => from + ((to - from) * at) / Math.max(1, points - 1),
  );
  return [...new Set(shares.map((share) => quantileOfSorted(sorted, share))), ...missing];
}

/** Categories that occur, in the order of the list, the most frequent if there are many; null last where one is missing. */
function categoriesOf(
  { codes, categories }: Extract<TreeColumn, { kind: "categorical" }>,
  points: number,
): readonly TreeCategory[] {
  const counts = new Float64Array(categories.length);
  let missing = false;
  for (const code of codes) {
    if (code >= 0 && code < counts.length) counts[code]!++;
    else missing = true;
  }
  const occurring = [...counts.keys()].filter((code) => counts[code]! > 0);
  const kept = new Set(occurring.toSorted((a, b) => counts[b]! - counts[a]!).slice(0, points));
  const names = occurring.filter((code) => kept.has(code)).map((code) => categories[code]!);
  return missing ? [...names, null] : names;
}
