import type { DataCategory } from "./privacy/category.ts";
import type { FieldType, ValueOf } from "./type.ts";

/** What a field declares beside its type. */
export interface FieldTraits {
  readonly optional?: true;
  /** The purpose that the person must have consented to besides the event's; see `t.forPurpose`. */
  readonly purpose?: string;
  /** What kind of personal data it is, for the stores; see `t.category`. */
  readonly category?: DataCategory;
}

/** Named fields of an event. */
export type Fields = Readonly<Record<string, FieldType & FieldTraits>>;

/** How a published older version of an event becomes the version after it: renames first, then defaults. */
export interface Upgrade {
  readonly rename?: Readonly<Record<string, string>>;
  readonly defaults?: Readonly<Record<string, string | number | boolean>>;
}

/** A version that was published once and stays accepted, because apps live for years. */
export interface PreviousVersion {
  readonly version: number;
  readonly fields: Fields;
  /** Makes it the next version. */
  readonly upgrade: Upgrade;
}

/** The declaration of an event: schema, purpose, retention, and the versions before it. */
export interface EventDefinition<
  Name extends string = string,
  Shape extends Fields = Fields,
  Purpose extends string = string,
  Also extends string = string,
> {
  readonly name: Name;
  readonly version: number;
  /** The purpose that a person must have consented to before anything of the event is stored. */
  readonly purpose: Purpose;
  /** Purposes of models and views that the data may feed besides its own; part of what a person is told. */
  readonly alsoFor?: readonly Also[];
  /** What kind of personal data its fields hold, where they do not say so themselves. */
  readonly category?: DataCategory;
  /**
   * How long raw rows are kept after the server received them, as `90d`; a running server takes them out of its logs and
   * lake within a day after (docs/adr/0011). Models and figures that they went into stay.
   */
  readonly retain: string;
  readonly fields: Shape;
  readonly previous: readonly PreviousVersion[];
}

/** The properties of an event as the app hands them to `track`. */
export type PropertiesOf<Event extends EventDefinition> = {
  readonly [
    Key in keyof Event["fields"] as Event["fields"][Key] extends { optional: true } ? never : Key
  ]: ValueOf<Event["fields"][Key]>;
} & {
  readonly [
    Key in keyof Event["fields"] as Event["fields"][Key] extends { optional: true } ? Key : never
  ]?: ValueOf<Event["fields"][Key]>;
};

/**
 * Declares an event.
 *
 * @example
 * const tap = event("tap", { target: t.string(), screen: t.string() }, { purpose: "analytics", retain: "90d" });
 */
export function event<
  const Name extends string,
  const Shape extends Fields,
  const Purpose extends string,
  const Also extends string = never,
>(
  name: Name,
  fields: Shape,
  options: {
    purpose: Purpose;
    alsoFor?: readonly Also[];
    category?: DataCategory;
    retain: string;
    version?: number;
    previous?: readonly PreviousVersion[];
  },
): EventDefinition<Name, Shape, Purpose, Also> {
  return Object.freeze({
    name,
    version: options.version ?? 1,
    purpose: options.purpose,
    ...(options.alsoFor === undefined ? {} : { alsoFor: options.alsoFor }),
    ...(options.category === undefined ? {} : { category: options.category }),
    retain: options.retain,
    fields,
    previous: options.previous ?? [],
  });
}
