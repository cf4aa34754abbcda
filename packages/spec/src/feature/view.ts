import type { EventUses } from "../purpose.ts";
import { type Columns, columnsOf, type SourceEvent } from "./build/column.ts";
import { children, type Expression } from "./expression.ts";
import type { ScalarOf, ScalarType } from "./scalar.ts";
import { checkView } from "./check.ts";
import { paperOf, type ViewPaper } from "./view-paper.ts";

/** What the features describe, and the column that names one of it in the source and in a spine. */
export interface Entity {
  readonly name: string;
  readonly joinKey: string;
}

/** The named features of a view, in order. */
export type Features = Readonly<Record<string, Expression>>;

/**
 * Features that share an entity and a source event. Plain frozen JSON: the definition that a phone and the lake
 * read alike. Each feature is asked as of a join key and a time, and sees a source row when it has that key,
 * `time <= asOf` and `known_time <= asOf`; so a row from the future, or known later, never matters.
 */
export interface FeatureView<Shape extends Features = Features> extends ViewPaper {
  readonly name: string;
  readonly entity: Entity;
  /** What the values are used for; absent: only what their data was collected for. */
  readonly purpose?: string;
  readonly source: {
    readonly event: string;
    /** The fields that the features read, with their types. */
    readonly columns: Readonly<Record<string, ScalarType>>;
  };
  readonly features: Shape;
}

/** The values of a view's features as of one time. */
export type FeatureValues<View extends FeatureView> = {
  readonly [Name in keyof View["features"]]: ScalarOf<View["features"][Name]["type"]> | null;
};

/** The columns that a list of expressions reads. */
function columnsRead(roots: readonly Expression[]): Record<string, ScalarType> {
  const read: Record<string, ScalarType> = {};
  const visit = (node: Expression): void => {
    if (node.kind === "column") read[node.name] = node.type;
    children(node).forEach(visit);
  };
  roots.forEach(visit);
  return Object.fromEntries(Object.entries(read).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/**
 * Declares a feature view. The features are made from the typed columns of the source; aggregates may be combined
 * afterwards. A view with a purpose sees only columns that may feed it (`purpose` of event and field, `alsoFor`).
 * Throws `FEATURE_ILLEGAL`.
 *
 * @example
 * const engagement = view("engagement", {
 *   entity: { name: "person", joinKey: "subject" },
 *   source: tap,
 *   features: (row) => ({
 *     taps_10m: count({ within: "10m" }),
 *     targets_1h: countDistinct(row.target, { within: "1h" }),
 *     seconds_since_tap: recency(),
 *     share_1h: divide(count({ within: "10m" }), count({ within: "1h" })),
 *   }),
 * });
 */
export function view<
  const Event extends SourceEvent,
  Shape extends Features,
  const Purpose extends string = never,
>(
  name: string,
  options: ViewPaper & {
    readonly entity: Entity;
    readonly purpose?: Purpose & EventUses<Event>;
    readonly source: Event;
    readonly features: (row: Columns<Event, Purpose>) => Shape;
  },
): FeatureView<Shape> {
  const features = options.features(columnsOf(options.source) as unknown as Columns<Event, Purpose>);
  const definition: FeatureView<Shape> = Object.freeze({
    name,
    entity: Object.freeze({ ...options.entity }),
    ...(options.purpose === undefined ? {} : { purpose: options.purpose }),
    ...paperOf(options),
    source: Object.freeze({
      event: options.source.name,
      columns: Object.freeze(columnsRead(Object.values(features))),
    }),
    features: Object.freeze({ ...features }),
  });
  checkView(definition);
  return definition;
}
