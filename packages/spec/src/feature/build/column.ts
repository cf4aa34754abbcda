import type { FieldUses } from "../../purpose.ts";
import type { ColumnNode } from "../expression.ts";
import { illegal } from "../illegal.ts";
import type { ScalarType } from "../scalar.ts";

/** What the language needs of an event's declaration. */
export interface SourceEvent {
  readonly name: string;
  readonly purpose?: string;
  readonly alsoFor?: readonly string[];
  readonly fields: Readonly<Record<string, { readonly kind: string; readonly purpose?: string }>>;
}

/** The scalar type of each kind of field that the language can read; vectors and frames are for the framer. */
const TYPE_OF_KIND = {
  float: "float64",
  int: "int64",
  boolean: "boolean",
  string: "string",
  time: "time",
} as const satisfies Record<string, ScalarType>;

type ReadableKind = keyof typeof TYPE_OF_KIND;

/**
 * The readable fields of an event as columns, typed; every one may be null. For a view with a purpose, only those that
 * may feed it.
 */
export type Columns<Event extends SourceEvent, Purpose extends string = never> = {
  readonly [
    Name in keyof Event["fields"] as Event["fields"][Name]["kind"] extends ReadableKind
      ? [Purpose] extends [FieldUses<Event, Name>]
        ? Name
        : never
      : never
  ]: ColumnNode<(typeof TYPE_OF_KIND)[Event["fields"][Name]["kind"] & ReadableKind]>;
};

/** The columns of an event; asking for one that it does not have throws `FEATURE_ILLEGAL`, also without types. */
export function columnsOf<Event extends SourceEvent>(event: Event): Columns<Event> {
  const columns = new Map<string, ColumnNode>();
  for (const [name, { kind }] of Object.entries(event.fields)) {
    if (!Object.hasOwn(TYPE_OF_KIND, kind)) continue;
    columns.set(name, Object.freeze({ kind: "column", type: TYPE_OF_KIND[kind as ReadableKind], name }));
  }
  return new Proxy(Object.freeze(Object.fromEntries(columns)), {
    get: (_target, name) => {
      const column = columns.get(String(name));
      if (column !== undefined) return column;
      throw illegal(
        `event "${event.name}"`,
        String(name),
        `one of its scalar fields (${[...columns.keys()].join(", ")})`,
        Object.hasOwn(event.fields, name) ? `a ${event.fields[String(name)]!.kind} field` : "no such field",
        "Declare the field on the event, or use the framer for vectors and frames.",
      );
    },
  }) as Columns<Event>;
}
