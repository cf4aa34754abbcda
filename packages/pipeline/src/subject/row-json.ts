import type { AppDefinition, EventDefinition } from "@tideline/spec";
import {
  EVENT_COLUMNS,
  identifier,
  lists,
  numbers,
  texts,
  type Columns,
  type LakeColumn,
} from "../lake/index.ts";

/** JSON of one row, by column. */
type JsonRow = Record<string, unknown>;

/** A number of 32 bits as it was meant: 0.1, not 0.10000000149011612. */
function shortest(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : Number(value.toPrecision(9));
}

/** Types that come out of the engine as they are; others as JSON. */
const DIRECT: ReadonlySet<string> = new Set([
  "VARCHAR",
  "BIGINT",
  "DOUBLE",
  "BOOLEAN",
  "TIMESTAMP",
  "FLOAT[]",
]);

/** What to select of a table, so that {@link rowsOf} can read it. */
export function jsonSelection(columns: readonly LakeColumn[]): string {
  return columns
    .map(({ name, type }) => {
      const column = identifier(name);
      return DIRECT.has(type) ? column : `cast(to_json(${column}) as varchar) as ${column}`;
    })
    .join(", ");
}

/** One column of a result, as JSON values by row. */
function valuesOf(columns: Columns, { name, type }: LakeColumn): (row: number) => unknown {
  if (type === "FLOAT[]") {
    const { values, offsets } = lists(columns, name);
    return (row) => Array.from(values.subarray(offsets[row]!, offsets[row + 1]!), shortest);
  }
  if (type === "VARCHAR" || !DIRECT.has(type)) {
    const list = texts(columns, name);
    if (type === "VARCHAR") return (row) => list[row];
    return (row) => (list[row] == null ? null : (JSON.parse(list[row]) as unknown));
  }
  const list = numbers(columns, name);
  return (row) => {
    const value = list[row]!;
    if (Number.isNaN(value)) return null;
    if (type === "BOOLEAN") return value === 1;
    return type === "TIMESTAMP" ? new Date(value).toISOString() : value;
  };
}

/** Rows of a result, one object each; times as ISO 8601 in UTC, NULL as null. */
export function rowsOf(columns: Columns, schema: readonly LakeColumn[]): readonly JsonRow[] {
  const readers = schema.map((column) => [column.name, valuesOf(columns, column)] as const);
  const first = Object.values(columns)[0];
  const count = first === undefined ? 0 : "offsets" in first ? first.offsets.length - 1 : first.length;
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(readers.map(([name, read]) => [name, read(row)])),
  );
}

const OWN = new Set(EVENT_COLUMNS.map(({ name }) => name));

/** Columns that a field of several has in the lake, by what they are called in an export. */
function partColumns(field: string, type: EventDefinition["fields"][string]): ReadonlyMap<string, string> {
  if (type.kind === "media")
    return new Map(["sha256", "bytes", "type"].map((member) => [`${field}_${member}`, member]));
  if (type.kind !== "frame") return new Map();
  return new Map([
    ...type.channels.map((channel) => [`${field}_${channel}`, channel] as const),
    [`${field}_gaps`, "gaps"],
    [`${field}_rate`, "rate"],
  ]);
}

/**
 * The properties of a row of an event under the names that the app declared: a frame is one field with its channels,
 * a medium one with its reference.
 * Fields that are NULL are left out; columns that today's declaration does not know keep their own name.
 */
export function propertiesOf(app: AppDefinition | null, table: string, row: JsonRow): JsonRow {
  const properties: JsonRow = {};
  const taken = new Set<string>();
  for (const [field, type] of Object.entries(app?.events[table]?.fields ?? {})) {
    const parts: JsonRow = {};
    for (const [column, name] of partColumns(field, type)) {
      taken.add(column);
      const value = row[column];
      if (value != null && !(Array.isArray(value) && value.length === 0)) parts[name] = value;
    }
    if (Object.keys(parts).length > 0) properties[field] = parts;
    else if (row[field] != null && type.kind === "time")
      properties[field] = new Date(String(row[field])).getTime();
    else if (row[field] != null) properties[field] = row[field];
    taken.add(field);
  }
  for (const [column, value] of Object.entries(row)) {
    if (OWN.has(column) || taken.has(column) || value == null) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    properties[column] = value;
  }
  return properties;
}
