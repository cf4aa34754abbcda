import { eventColumns, evolveColumns, type LakeColumn } from "@tideline/pipeline";
import { isTidelineError, type AppDefinition, type EventDefinition } from "@tideline/spec";
import type { Change } from "@tideline/spec/compatibility";
import type { LakeTables } from "./definition-file.ts";

/** What the lake has against columns of a table, as it would say it when it next compacts. */
function refusalOf(table: string, older: readonly LakeColumn[], event: EventDefinition): Change | undefined {
  try {
    evolveColumns(table, older, eventColumns(event));
    return undefined;
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    const { field, expected, received, remedy } = error.parts;
    return {
      verdict: "breaks_lake",
      where: `event "${table}"${field === undefined ? "" : `.${field}`}`,
      what: `a column of ${expected} became ${received}`,
      why: "The lake's files hold the column with its old type: every compaction would stop, and with it training and monitoring.",
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
}

/** Columns of every version of an event. */
const columnsOfVersions = (event: EventDefinition): readonly (readonly LakeColumn[])[] =>
  [event.fields, ...event.previous.map(({ fields }) => fields)].map((fields) =>
    eventColumns({ ...event, fields }),
  );

/** What a definition does to the columns that tables have: those of a definition's every version, or of a lake. */
export function compareLake(older: AppDefinition | LakeTables, newer: AppDefinition): readonly Change[] {
  const isApp = (value: AppDefinition | LakeTables): value is AppDefinition =>
    typeof (value as AppDefinition).name === "string";
  const tables = isApp(older)
    ? Object.values(older.events).flatMap((event) =>
        columnsOfVersions(event).map((columns) => [event.name, columns] as const),
      )
    : Object.entries(older);
  const changes = tables.flatMap(([table, columns]) => {
    const event = Object.hasOwn(newer.events, table) ? newer.events[table] : undefined;
    return event === undefined ? [] : (refusalOf(table, columns, event) ?? []);
  });
  const seen = new Set<string>();
  return changes.filter(({ where, what }) => {
    const key = JSON.stringify([where, what]);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}
