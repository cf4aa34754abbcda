import { type Engine, type Snapshot } from "../lake/index.ts";
import { createStage, stageName } from "../lake/stage.ts";
import type { LakeColumn } from "../lake/table-schema.ts";
import { personHistory } from "./person-interval.ts";
import { readPersonLinks, type PersonLink } from "./person-link.ts";
import { peopleNow, type PersonClaim } from "./person-now.ts";

/**
 * Who pseudonyms mean, for SQL of one engine. Values of a row (features, labels) ask who was who as of the row's time,
 * so that a link that became known later changes no row of before. Who may teach, and who stands on which side of a
 * split, asks who is who by now: permission and separation are of today. Where nobody is linked no method adds a join.
 */
export interface Identity {
  readonly isLinked: boolean;
  /** Of a relation with `subject` and a time (TIMESTAMP): `person` and `period` (NULL: nobody else meant it) besides. */
  asOf(relation: string, time: string): string;
  /** Each row as often as its person had pseudonyms at the time, which stand in `member`. */
  spread(relation: string, time: string): string;
  /** `subject` names the period of the person as of the time: the rows at which {@link source} may be asked. */
  questions(relation: string, time: string): string;
  /** What persons did, under `subject` once for each of their periods. */
  source(relation: string): string;
  /** `person` as of now besides. */
  now(relation: string): string;
  /**
   * Whose the rows of each pseudonym may be, of all that `people` (a relation with `person`) names: `subject`,
   * `person`, and whether it is `sure`. Of an install without a user whoever used it may be meant; of an id that
   * several people had before, and of people whom a phone tied by mistake, each of them.
   */
  owners(people: string): string;
  /** SQL of whether a pseudonym is of an install without a user, or several people's, as far as it is linked. */
  isNameless(subject: string): string;
  /** The person of a pseudonym by now. */
  personOf(subject: string): string;
  /** Further people whose some rows of a pseudonym may be, or of whose rows its values were computed. */
  readonly claims: readonly PersonClaim[];
  /** Links, and those that would have given a person too many pseudonyms. */
  readonly counts: { readonly links: number; readonly passedOver: number };
}

const SUBJECT: LakeColumn = { name: "subject", type: "VARCHAR" };
const PERSON: LakeColumn = { name: "person", type: "VARCHAR" };

/** Everybody is who they are: an identity without links. */
export const UNLINKED: Identity = Object.freeze({
  isLinked: false,
  asOf: (relation: string) =>
    `(select given.*, given.subject as person, null::varchar as period from ${relation} given)`,
  spread: (relation: string) => `(select given.*, given.subject as member from ${relation} given)`,
  questions: (relation: string) => relation,
  source: (relation: string) => relation,
  now: (relation: string) => `(select given.*, given.subject as person from ${relation} given)`,
  owners: (people: string) => `(select distinct person as subject, person, true as sure from ${people})`,
  isNameless: () => "false",
  personOf: (subject: string) => subject,
  claims: [],
  counts: { links: 0, passedOver: 0 },
});

/** Puts rows into a table of an engine. */
async function fill(
  engine: Engine,
  table: string,
  columns: readonly LakeColumn[],
  rows: Iterable<readonly (string | number | boolean)[]>,
): Promise<string> {
  await engine.run(`drop table if exists ${stageName(table)}`);
  const stage = await createStage(engine.connection, table, columns);
  for (const row of rows) stage.append(0, row);
  stage.finish();
  return stageName(table);
}

/**
 * Makes an engine know some links.
 *
 * @param name tells its tables from those of other snapshots in the engine
 */
export async function identityOf(
  engine: Engine,
  links: readonly PersonLink[],
  name: string,
): Promise<Identity> {
  if (links.length === 0) return UNLINKED;
  const { intervals, passedOver } = personHistory(links);
  const { people, claims, shared } = peopleNow(links);
  const personOf = (subject: string): string => people.get(subject) ?? subject;
  const interval = await fill(
    engine,
    `person_interval_${name}`,
    [SUBJECT, { name: "since", type: "TIMESTAMP" }, PERSON, { name: "period", type: "VARCHAR" }],
    intervals.map(({ subject, since, person, period }) => [subject, since, person, period]),
  );
  const owner = await fill(
    engine,
    `person_owner_${name}`,
    [SUBJECT, PERSON, { name: "sure", type: "BOOLEAN" }],
    [
      ...[...people].map(([subject, person]) => [subject, person, true] as const),
      ...claims.map(({ from, to }) => [from, to, false] as const),
    ],
  );
  const nameless = await fill(
    engine,
    `person_nameless_${name}`,
    [SUBJECT],
    [...shared].map((of) => [of]),
  );
  // Staged times are milliseconds.
  const asOf = (relation: string, time: string): string =>
    `(select given.*, coalesce(meant.person, given.subject) as person, meant.period
      from ${relation} given asof left join ${interval} meant
        on given.subject = meant.subject and epoch_ms(given."${time}") >= meant.since)`;
  return Object.freeze({
    isLinked: true,
    asOf,
    spread: (relation: string, time: string) =>
      `(select given.* exclude (person, period), coalesce(other.subject, given.subject) as member
        from ${asOf(relation, time)} given left join ${interval} other on other.period = given.period)`,
    questions: (relation: string, time: string) =>
      `(select given.* exclude (person, period) replace (coalesce(given.period, given.subject) as subject)
        from ${asOf(relation, time)} given)`,
    source: (relation: string) =>
      `(select * from ${relation} union all
        select given.* replace (meant.period as subject) from ${relation} given
        join ${interval} meant on meant.subject = given.subject)`,
    now: (relation: string) =>
      `(select given.*, coalesce(known.person, given.subject) as person from ${relation} given
        left join (select subject, person from ${owner} where sure) known on known.subject = given.subject)`,
    owners: (relation: string) =>
      `(select subject, person, sure from ${owner}
        union select person, person, true from ${relation}
          where person not in (select subject from ${owner} where sure))`,
    isNameless: (subject: string) => `${subject} in (select subject from ${nameless})`,
    personOf,
    claims,
    counts: { links: links.length, passedOver },
  });
}

/** What an engine knows, by snapshot; the newest last. */
const opened = new WeakMap<Engine, Map<string, Promise<Identity>>>();

/** Snapshots that an engine knows at a time: the newest, and that of whoever is still at work on the one before. */
const KEPT = 2;

/** Deletes what an engine knows of a snapshot. */
async function drop(engine: Engine, name: string): Promise<void> {
  for (const table of ["interval", "owner", "nameless"]) {
    await engine.run(`drop table if exists ${stageName(`person_${table}_${name}`)}`);
  }
}

/** The part of a snapshot's id that names its tables. */
const nameOf = (snapshot: string): string => snapshot.slice(0, 16);

/**
 * Who pseudonyms of a snapshot mean, read once for an engine.
 *
 * @example
 * const identity = await openIdentity(engine, snapshot);
 * await engine.columns(`select person, count(*) from ${identity.now(tableSql(snapshot, "tap"))} group by person`);
 */
export function openIdentity(engine: Engine, snapshot: Snapshot): Promise<Identity> {
  const known = opened.get(engine) ?? new Map<string, Promise<Identity>>();
  opened.set(engine, known);
  const found = known.get(snapshot.id);
  if (found !== undefined) return found;
  const read = (async () => {
    for (const old of [...known.keys()].slice(0, -KEPT)) {
      known.delete(old);
      await drop(engine, nameOf(old));
    }
    return identityOf(engine, await readPersonLinks(engine, snapshot), nameOf(snapshot.id));
  })();
  known.set(snapshot.id, read);
  read.catch(() => known.delete(snapshot.id));
  return read;
}

/** Makes an engine forget whom pseudonyms mean: what an erasure rewrites must not live on in memory. */
export async function forgetIdentities(engine: Engine): Promise<void> {
  for (const snapshot of opened.get(engine)?.keys() ?? []) await drop(engine, nameOf(snapshot));
  opened.delete(engine);
}
