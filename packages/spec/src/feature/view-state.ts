import { aggregateOf } from "./aggregate/registry.ts";
import { illegal } from "./illegal.ts";
import {
  checkTime,
  finishFeatures,
  fold,
  planView,
  type PreparedRow,
  prepareRow,
  type SourceRow,
  type ViewPlan,
} from "./plan.ts";
import type { FeatureValues, FeatureView } from "./view.ts";

/** A row in memory; `folded` says that the aggregates without a lower end have taken it already. */
interface HeldRow {
  readonly row: PreparedRow;
  folded: boolean;
}

/**
 * The streaming form of a view for one join key: what a device keeps. It is changed in place by `addRow` and
 * `forgetBefore`. Its memory is the rows of the longest window, what `count_distinct` and `quantile` have seen, and every row
 * since the last `forgetBefore`.
 */
export interface ViewState<View extends FeatureView = FeatureView> {
  readonly view: View;
  readonly plan: ViewPlan;
  /** No question before this time can be answered any more. */
  floor: number;
  rows: HeldRow[];
  /** The state of each aggregate over the folded rows; used by those without a lower end. */
  readonly folded: unknown[];
}

/**
 * Starts a view for one join key. Whatever rows are added in whatever order, it answers exactly as
 * `interpretView` does over the same rows: every aggregate is free of order.
 *
 * @example
 * const state = viewState(engagement);
 * addRow(state, { time: 1000, knownTime: 1000, fields: { target: "play" } });
 * valuesAt(state, 2000).taps_10m; // 1
 */
export function viewState<View extends FeatureView>(view: View): ViewState<View> {
  const plan = planView(view);
  return {
    view,
    plan,
    floor: Number.NEGATIVE_INFINITY,
    rows: [],
    folded: plan.aggregates.map(({ name, parameter }) => aggregateOf(name, parameter).init()),
  };
}

/** Adds a source row. Late rows are welcome: they count from their known time on. Throws `FEATURE_ILLEGAL`. */
export function addRow(state: ViewState, row: SourceRow): void {
  state.rows.push({ row: prepareRow(state.plan, row), folded: false });
}

/** The features as of a time. Throws `FEATURE_ILLEGAL` for a time before the last `forgetBefore`. */
export function valuesAt<View extends FeatureView>(
  state: ViewState<View>,
  time: number,
): FeatureValues<View> {
  const asOf = checkTime("question", "time", time);
  if (asOf < state.floor) {
    throw illegal(
      "question",
      "time",
      `no time before ${state.floor}`,
      String(asOf),
      "Rows before it are forgotten.",
    );
  }
  const { plan } = state;
  const all = state.rows.map(({ row }) => row);
  const fresh = state.rows.filter(({ folded }) => !folded).map(({ row }) => row);
  const states = plan.aggregates.map(({ name, within, parameter }, index) => {
    const { init, merge } = aggregateOf(name, parameter);
    return within === null
      ? fold(plan, index, fresh, asOf, merge(init(), state.folded[index]))
      : fold(plan, index, all, asOf, init());
  });
  return finishFeatures(plan, states, asOf) as FeatureValues<View>;
}

/** Promises that no question will be before this time, so that rows that no such question sees can go. */
export function forgetBefore(state: ViewState, time: number): void {
  const asOf = checkTime("forgetBefore", "time", time);
  const { plan } = state;
  state.floor = Math.max(state.floor, asOf);
  const settled = state.rows.filter(
    ({ row, folded }) => !folded && row.time <= asOf && row.knownTime <= asOf,
  );
  const rows = settled.map(({ row }) => row);
  plan.aggregates.forEach(({ within }, index) => {
    if (within === null) state.folded[index] = fold(plan, index, rows, asOf, state.folded[index]);
  });
  for (const held of settled) held.folded = true;
  const longest = Math.max(0, ...plan.aggregates.map(({ within }) => within ?? 0));
  state.rows = state.rows.filter(({ row, folded }) => !folded || asOf - row.time < longest);
}
