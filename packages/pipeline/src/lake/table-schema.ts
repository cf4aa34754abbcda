import type { AppDefinition, EventDefinition, FieldType } from "@tideline/spec";
import { tidelineError } from "@tideline/spec";

/** DuckDB type of a lake column. Times are TIMESTAMP, in UTC and whole microseconds. */
export type ColumnType =
  | "VARCHAR"
  | "BIGINT"
  | "DOUBLE"
  | "BOOLEAN"
  | "TIMESTAMP"
  | "FLOAT[]"
  | "BIGINT[]"
  | "VARCHAR[]";

/** A column of a lake table. */
export interface LakeColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Tables that are no event: what was refused, and one row for each record of the log. */
export const QUARANTINE = "quarantine";
export const RECEIPT = "receipt";

/** What stands of events that are past their retention: consent, links, control groups. No event can have this name. */
export const STANDING = "_standing";

/**
 * The columns that every event has before its own fields; `defineApp` keeps their names free. `previous_subject` is
 * another pseudonym of the same person until then, NULL where the phone named none.
 */
export const EVENT_COLUMNS: readonly LakeColumn[] = [
  { name: "install_id", type: "VARCHAR" },
  { name: "epoch", type: "BIGINT" },
  { name: "seq", type: "BIGINT" },
  { name: "subject", type: "VARCHAR" },
  { name: "key_id", type: "VARCHAR" },
  { name: "schema_version", type: "BIGINT" },
  { name: "event_time", type: "TIMESTAMP" },
  { name: "sent_time", type: "TIMESTAMP" },
  { name: "received_time", type: "TIMESTAMP" },
  { name: "known_time", type: "TIMESTAMP" },
  { name: "time", type: "TIMESTAMP" },
  { name: "consent", type: "VARCHAR[]" },
  { name: "previous_subject", type: "VARCHAR" },
];

/** Columns of the quarantine. `content` is JSON, NULL where nothing may be kept; `time` is the time of receipt. */
export const QUARANTINE_COLUMNS: readonly LakeColumn[] = [
  { name: "install_id", type: "VARCHAR" },
  { name: "epoch", type: "BIGINT" },
  { name: "seq", type: "BIGINT" },
  { name: "received_time", type: "TIMESTAMP" },
  { name: "time", type: "TIMESTAMP" },
  { name: "name", type: "VARCHAR" },
  { name: "code", type: "VARCHAR" },
  { name: "field", type: "VARCHAR" },
  { name: "reason", type: "VARCHAR" },
  { name: "content", type: "VARCHAR" },
];

/** Columns of the receipts: the pseudonym of the install while it knows no user, and how many events of a record were stored, refused, and already there. */
export const RECEIPT_COLUMNS: readonly LakeColumn[] = [
  { name: "install_id", type: "VARCHAR" },
  { name: "epoch", type: "BIGINT" },
  { name: "sent_time", type: "TIMESTAMP" },
  { name: "received_time", type: "TIMESTAMP" },
  { name: "time", type: "TIMESTAMP" },
  { name: "sdk", type: "VARCHAR" },
  { name: "install_subject", type: "VARCHAR" },
  { name: "events", type: "BIGINT" },
  { name: "quarantined", type: "BIGINT" },
  { name: "duplicates", type: "BIGINT" },
];

/**
 * Columns of what stands: those of an event without its own fields, by which `event.field=cohort` its person was in a
 * control group then, and whether its pseudonym is that of an install without a user, as the receipts said. Keys,
 * versions and the phone's own times are NULL.
 */
export const STANDING_COLUMNS: readonly LakeColumn[] = [
  ...EVENT_COLUMNS,
  { name: "watched", type: "VARCHAR[]" },
  { name: "nameless", type: "BOOLEAN" },
];

const TYPE_OF = {
  string: "VARCHAR",
  int: "BIGINT",
  float: "DOUBLE",
  boolean: "BOOLEAN",
  time: "TIMESTAMP",
  vector: "FLOAT[]",
  frame: "FLOAT[]",
} as const satisfies Record<Exclude<FieldType["kind"], "media">, ColumnType>;

/** The column with the gaps of a frame field: `[at, missing, at, missing, ...]`, NULL where nothing is missing. */
export function gapsColumn(field: string): string {
  return `${field}_gaps`;
}

/**
 * The columns of a field: one, or for a frame one for each channel, named `<field>_<channel>`, then its gaps and the
 * rate that the phone measured (`<field>_gaps`, `<field>_rate`), NULL where it told none. Media have three:
 * `<field>_sha256`, `<field>_bytes` and `<field>_type`.
 */
export function fieldColumns(field: string, type: FieldType): readonly LakeColumn[] {
  if (type.kind === "media") {
    return [
      { name: `${field}_sha256`, type: "VARCHAR" },
      { name: `${field}_bytes`, type: "BIGINT" },
      { name: `${field}_type`, type: "VARCHAR" },
    ];
  }
  if (type.kind !== "frame") return [{ name: field, type: TYPE_OF[type.kind] }];
  return [
    ...type.channels.map((channel) => ({ name: `${field}_${channel}`, type: TYPE_OF.frame })),
    { name: gapsColumn(field), type: "BIGINT[]" },
    { name: `${field}_rate`, type: "DOUBLE" },
  ];
}

/** The columns of an event. @throws `DEFINITION_ILLEGAL` where a channel's column has the name of another one. */
export function eventColumns(event: EventDefinition): readonly LakeColumn[] {
  const fields = Object.entries(event.fields).flatMap(([field, type]) => fieldColumns(field, type));
  const columns = [...EVENT_COLUMNS, ...fields];
  const twice = columns.find(
    ({ name }, index) => columns.findIndex((other) => other.name === name) !== index,
  );
  if (twice !== undefined) {
    const expected = "no two columns of one name";
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: `event "${event.name}"`,
      expected,
      received: twice.name,
    });
  }
  return columns;
}

/** Columns of every table of an app, by name. @throws `DEFINITION_ILLEGAL` for an event named as a table of ours. */
export function appTables(app: AppDefinition): ReadonlyMap<string, readonly LakeColumn[]> {
  const own: [string, readonly LakeColumn[]][] = [
    [QUARANTINE, QUARANTINE_COLUMNS],
    [RECEIPT, RECEIPT_COLUMNS],
  ];
  const taken = own.find(([name]) => app.events[name] !== undefined)?.[0];
  if (taken !== undefined) {
    const expected = `no event named ${own.map(([name]) => name).join(" or ")}`;
    throw tidelineError("DEFINITION_ILLEGAL", { who: `app "${app.name}"`, expected, received: taken });
  }
  const events = Object.values(app.events).map((event) => [event.name, eventColumns(event)] as const);
  return new Map([...events, ...own]);
}

/**
 * Columns of a table whose older files have others: today's, then those that only older files have. An integer may
 * have become a DOUBLE; any other change of type needs a new name.
 *
 * @throws `DEFINITION_ILLEGAL`
 */
export function evolveColumns(
  table: string,
  older: readonly LakeColumn[],
  newer: readonly LakeColumn[],
): readonly LakeColumn[] {
  const known = new Map(older.map((column) => [column.name, column.type]));
  for (const { name, type } of newer) {
    const before = known.get(name);
    if (before === undefined || before === type || (before === "BIGINT" && type === "DOUBLE")) continue;
    const remedy = "Give the field a new name in the new version.";
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: `event "${table}"`,
      field: name,
      expected: before,
      received: type,
      remedy,
    });
  }
  const names = new Set(newer.map((column) => column.name));
  return [...newer, ...older.filter((column) => !names.has(column.name))];
}
