import { aggregateOf } from "./aggregate/registry.ts";
import { checkTime, finishFeatures, fold, planView, prepareRow, type SourceRow } from "./plan.ts";
import type { Scalar, ScalarOf } from "./scalar.ts";
import type { FeatureView } from "./view.ts";

/** One question: the features of a join key as of a time (integer milliseconds). */
export interface SpineRow {
  readonly key: string;
  readonly time: number;
}

/** One column for each feature, in the order of the spine. */
export type FeatureColumns<View extends FeatureView> = {
  readonly [Name in keyof View["features"]]: readonly (ScalarOf<View["features"][Name]["type"]> | null)[];
};

/**
 * The meaning of a feature view, by the book: for each row of the spine, every source row of its key is looked at
 * (cost: the sum over keys of spine rows times source rows). The oracle of the SQL and of the streaming form.
 * Throws `FEATURE_ILLEGAL` for values that are not of their declared type.
 *
 * @param rowsByKey source rows of each join key, in any order
 * @returns one array for each feature, as long as the spine
 *
 * @example
 * interpretView(engagement, new Map([["ann", taps]]), [{ key: "ann", time: 1_700_000_000_000 }]).taps_10m // [3]
 */
export function interpretView<View extends FeatureView>(
  view: View,
  rowsByKey: ReadonlyMap<string, readonly SourceRow[]>,
  spine: readonly SpineRow[],
): FeatureColumns<View> {
  const plan = planView(view);
  const prepared = new Map(
    [...rowsByKey].map(([key, rows]) => [key, rows.map((row) => prepareRow(plan, row))] as const),
  );
  const columns = Object.fromEntries(Object.keys(view.features).map((name) => [name, [] as Scalar[]]));
  for (const { key, time } of spine) {
    const asOf = checkTime("spine", "time", time);
    const rows = prepared.get(key) ?? [];
    const states = plan.aggregates.map((node, index) =>
      fold(plan, index, rows, asOf, aggregateOf(node.name, node.parameter).init()),
    );
    for (const [name, value] of Object.entries(finishFeatures(plan, states, asOf)))
      columns[name]!.push(value);
  }
  return columns as unknown as FeatureColumns<View>;
}
