import {
  eventTables,
  identifier,
  numbers,
  RECEIPT,
  STANDING,
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
  /** When `to` was first heard of, where that is earlier: of several links of one moment the earlier claim counts. */
  readonly claimed?: number;
  /** Whether `from` is an install without a user: several people may have used it, and each gives such a link. */
  readonly nameless?: boolean;
  /** An alias that no phone bears out by now: the same rule as `soundClaims`, which erasures follow. */
  readonly contradicted?: boolean;
}

/**
 * Claims of one install that are followed: a tablet on which thirty people take turns, under an app that says alias each
 * time somebody signs in, makes 870. An install can claim what it likes, and each claim costs every later question.
 */
export const MOST_CLAIMS = 1024;

/** SQL of the place of an event among those of its install: greater is later. Both numbers are safe integers. */
const PLACE = "(epoch::hugeint * 9007199254740992 + seq::hugeint)";

/** Whether a table of a snapshot has a column; those of before it was kept do not. */
function hasColumn(snapshot: Snapshot, table: string, column: string): boolean {
  return tableOf(snapshot, table).columns.some(({ name }) => name === column);
}

/**
 * SQL of the links of a snapshot: `old`, `new`, `known`, `claimed`, `nameless`, `contradicted`. An install that gets a
 * user links its nameless pseudonym to the user's, as soon as it has sent anything without one; an event that names the
 * user before (`previous_user`) links that one, if its own install had sent something as that user by then: whoever
 * merely knows an id cannot claim the person. Each is known when its first event had come. An alias is contradicted
 * where every install that made it sent as the earlier user afterwards, or as the later one before, or had said first
 * that the earlier one became somebody else, or had made {@link MOST_CLAIMS} others before. What was refused
 * bears out nothing and contradicts nothing.
 */
export function personLinkSql(snapshot: Snapshot): string {
  const tables = eventTables(snapshot);
  const union = (parts: readonly string[], otherwise: string): string =>
    parts.length === 0 ? otherwise : parts.join(" union all ");
  const events = union(
    tables.map(
      (table) =>
        `select install_id, subject, known_time, ${PLACE} as place from ${tableSql(snapshot, table)}`,
    ),
    `select null::varchar as install_id, null::varchar as subject, null::timestamp as known_time,
      null::hugeint as place where false`,
  );
  // Files that hold no alias say so in their statistics and are not read.
  const aliases = union(
    tables
      .filter((table) => hasColumn(snapshot, table, "previous_subject"))
      .map(
        (table) => `select install_id, previous_subject as old, subject as new, known_time,
      ${PLACE} as place
    from ${tableSql(snapshot, table)} where previous_subject is not null`,
      ),
    `select null::varchar as install_id, null::varchar as old, null::varchar as new, null::timestamp as known_time,
      null::hugeint as place where false`,
  );
  const named = hasColumn(snapshot, RECEIPT, "install_subject")
    ? identifier("install_subject")
    : "null::varchar";
  // Receipts go after the longest retention; what stands may stay.
  const standing = hasColumn(snapshot, STANDING, "nameless")
    ? `${tableSql(snapshot, STANDING)} where nameless`
    : "(select null::varchar as install_id, null::varchar as subject) where false";
  return `(with sent as materialized (
    select install_id, subject, min(known_time) as known from (${events}) group by install_id, subject
  ), install as (
    select install_id, ${named} as nameless from ${tableSql(snapshot, RECEIPT)}
    union select install_id, subject from ${standing}
  ), alias as materialized (${aliases}
  ), span as (
    select install_id, subject, min(place) as first, max(place) as last from (${events})
    where install_id in (select install_id from alias) group by install_id, subject
  ), said as (
    select install_id, old, new, min(place) as told from alias where old <> new group by install_id, old, new
    qualify told = min(told) over (partition by install_id, old)
      and row_number() over (partition by install_id order by told) <= ${MOST_CLAIMS}
  ), borne as (
    select distinct old, new from said
    join span earlier on earlier.install_id = said.install_id and earlier.subject = old
    join span later on later.install_id = said.install_id and later.subject = new
    where earlier.last < told and later.first >= told
  ), claim as (
    select nameless as old, sent.subject as new, greatest(sent.known, own.known) as known,
      sent.known as claimed, true as nameless
    from install join sent own on own.install_id = install.install_id and own.subject = nameless
    join sent on sent.install_id = install.install_id
    union all
    select alias.old, alias.new, alias.known_time, alias.known_time, false from alias
    join sent on sent.install_id = alias.install_id and sent.subject = alias.old and sent.known <= alias.known_time
  ) select old, new, min(known) as known, min(claimed) as claimed, bool_or(nameless) as nameless,
    not bool_or(nameless) and (old, new) not in (select (old, new) from borne) as contradicted
  from claim
  where old <> new group by old, new)`;
}

/** The links of a snapshot, oldest first. */
export async function readPersonLinks(engine: Engine, snapshot: Snapshot): Promise<readonly PersonLink[]> {
  const columns = await engine.columns(
    `select old, new, known, claimed, nameless::double as nameless, contradicted::double as contradicted
    from ${personLinkSql(snapshot)}
    order by known, claimed, old, new`,
  );
  const [from, to] = [texts(columns, "old"), texts(columns, "new")];
  const [known, claimed] = [numbers(columns, "known"), numbers(columns, "claimed")];
  const [nameless, contradicted] = [numbers(columns, "nameless"), numbers(columns, "contradicted")];
  return from.map((old, row) => ({
    from: old!,
    to: to[row]!,
    known: known[row]!,
    claimed: claimed[row]!,
    nameless: nameless[row] === 1,
    ...(contradicted[row] === 1 ? { contradicted: true } : {}),
  }));
}
