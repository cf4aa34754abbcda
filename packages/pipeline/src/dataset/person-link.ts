import {
  eventTables,
  identifier,
  numbers,
  RECEIPT,
  tableOf,
  tableSql,
  texts,
  type Engine,
  type Snapshot,
} from "../lake/index.ts";

/** From `known` on it is known that who was called `from` is who is called `to`. Pseudonyms; milliseconds since 1970. */
export interface PersonLink {
  readonly from: string;
  readonly to: string;
  readonly known: number;
}

/** Whether a table of a snapshot has a column; those of before it was kept do not. */
function hasColumn(snapshot: Snapshot, table: string, column: string): boolean {
  return tableOf(snapshot, table).columns.some(({ name }) => name === column);
}

/**
 * SQL of the links of a snapshot: `old`, `new`, `known`. An install that gets a user links its nameless pseudonym to
 * the user's; an event that names the user before (`previous_user`) links that one. Each is known when its first event
 * had come.
 */
export function personLinkSql(snapshot: Snapshot): string {
  const events = eventTables(snapshot).map((table) => {
    const previous = hasColumn(snapshot, table, "previous_subject") ? "previous_subject" : "null::varchar";
    return `select install_id, subject, ${previous} as previous, known_time from ${tableSql(snapshot, table)}`;
  });
  const named = hasColumn(snapshot, RECEIPT, "install_subject")
    ? identifier("install_subject")
    : "null::varchar";
  const receipts = `select distinct install_id, ${named} as nameless from ${tableSql(snapshot, RECEIPT)}`;
  return `(with event as (${events.join(" union all ")}), install as (${receipts})
  select old, new, min(known_time) as known from (
    select nameless as old, subject as new, known_time from event join install using (install_id)
    union all select previous, subject, known_time from event
  ) where old <> new group by old, new)`;
}

/** The links of a snapshot, oldest first. */
export async function readPersonLinks(engine: Engine, snapshot: Snapshot): Promise<readonly PersonLink[]> {
  const columns = await engine.columns(
    `select old, new, known from ${personLinkSql(snapshot)} order by known, old, new`,
  );
  const [from, to, known] = [texts(columns, "old"), texts(columns, "new"), numbers(columns, "known")];
  return from.map((old, row) => ({ from: old!, to: to[row]!, known: known[row]! }));
}
