import { type AggregateDef } from "./aggregate/aggregate-def.ts";
import { aggregateOf } from "./aggregate/registry.ts";
import { evaluate, type Scope } from "./evaluate.ts";
import { type AggregateNode, children, type Expression } from "./expression.ts";
import { illegal, show } from "./illegal.ts";
import { inTime, readScalar, type Scalar } from "./scalar.ts";
import type { FeatureView } from "./view.ts";

/** One row of the source event, of one join key. Times are integer milliseconds since 1970. */
export interface SourceRow {
  /** When it happened. */
  readonly time: number;
  /** When it became known: a feature asked as of an earlier time does not see it. */
  readonly knownTime: number;
  /** The event's fields; one that is absent is null. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The distinct aggregates of a view, in order of first use. */
export interface ViewPlan {
  readonly view: FeatureView;
  readonly aggregates: readonly AggregateNode[];
  readonly indexOf: ReadonlyMap<AggregateNode, number>;
}

/** A source row, read once: for each aggregate its value, or undefined where the row is not for it. */
export interface PreparedRow {
  readonly time: number;
  readonly knownTime: number;
  readonly values: readonly (NonNullable<Scalar> | undefined)[];
}

/** Finds a view's distinct aggregates. */
export function planView(view: FeatureView): ViewPlan {
  const aggregates: AggregateNode[] = [];
  const indexOf = new Map<AggregateNode, number>();
  const byText = new Map<string, number>();
  const visit = (node: Expression): void => {
    if (node.kind !== "aggregate") return children(node).forEach(visit);
    const text = JSON.stringify([node.name, node.of, node.where, node.within, node.parameter]);
    const index = byText.get(text) ?? aggregates.push(node) - 1;
    byText.set(text, index);
    indexOf.set(node, index);
  };
  Object.values(view.features).forEach(visit);
  return { view, aggregates, indexOf };
}

/** A time that must be one. */
export function checkTime(who: string, field: string, time: number): number {
  if (Number.isInteger(time) && inTime(time) !== null) return time + 0;
  throw illegal(who, field, "integer milliseconds since 1970", show(time));
}

const NO_AGGREGATE = (): null => null;

/** Reads a source row for every aggregate of a view. Throws `FEATURE_ILLEGAL` for a value of a wrong type. */
export function prepareRow({ view, aggregates }: ViewPlan, row: SourceRow): PreparedRow {
  const who = `event "${view.source.event}"`;
  const fields = new Map<string, Scalar>();
  for (const [name, type] of Object.entries(view.source.columns)) {
    const raw = Object.hasOwn(row.fields, name) ? row.fields[name] : null;
    fields.set(name, readScalar(type, raw, `${view.source.event}.${name}`));
  }
  const time = checkTime(who, "time", row.time);
  const scope: Scope = { column: (name) => fields.get(name) ?? null, aggregate: NO_AGGREGATE, time };
  const values = aggregates.map(({ of, where }) => {
    if (where !== null && evaluate(where, scope) !== true) return undefined;
    return of === null ? true : (evaluate(of, scope) ?? undefined);
  });
  return { time, knownTime: checkTime(who, "knownTime", row.knownTime), values };
}

/** Whether an aggregate, asked as of a time, sees a row: known by then, and in `(asOf - within, asOf]`. */
function sees({ within }: AggregateNode, row: PreparedRow, asOf: number): boolean {
  const age = asOf - row.time;
  return age >= 0 && row.knownTime <= asOf && (within === null || age < within);
}

/** Folds the rows that an aggregate sees, from a state on. */
export function fold(
  plan: ViewPlan,
  index: number,
  rows: readonly PreparedRow[],
  asOf: number,
  start: unknown,
): unknown {
  const node = plan.aggregates[index]!;
  const definition: AggregateDef<unknown> = aggregateOf(node.name, node.parameter);
  let state = start;
  for (const row of rows) {
    const value = row.values[index];
    if (value === undefined || !sees(node, row, asOf)) continue;
    state = definition.add(state, { value, time: row.time, knownTime: row.knownTime });
  }
  return state;
}

/** Finishes the aggregates' states and evaluates every feature over them. */
export function finishFeatures(
  { view, aggregates, indexOf }: ViewPlan,
  states: readonly unknown[],
  asOf: number,
): Record<string, Scalar> {
  const values = aggregates.map((node, index) =>
    aggregateOf(node.name, node.parameter).finish(states[index], node.type, asOf),
  );
  const scope: Scope = {
    column: NO_AGGREGATE,
    aggregate: (node) => values[indexOf.get(node)!]!,
    time: asOf,
  };
  return Object.fromEntries(
    Object.entries(view.features).map(([name, expression]) => [name, evaluate(expression, scope)]),
  );
}
