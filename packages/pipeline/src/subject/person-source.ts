import { MOST_CLAIMS } from "../dataset/person-link.ts";
import {
  eventTables,
  numbers,
  QUARANTINE,
  RECEIPT,
  tableOf,
  tableSql,
  texts,
  type Engine,
  type Snapshot,
} from "../lake/index.ts";
import { everyRecord, personalEvents } from "./stored-record.ts";

/** Where a person is looked for. */
export interface PersonSource {
  readonly folder: string;
  readonly engine: Engine;
  /** The newest snapshot; null before the first. */
  readonly snapshot: Snapshot | null;
  /** Pseudonym of an install's events before it had a user. */
  readonly anonymous: (install: string) => string;
}

/** SQL of the pseudonym of a row of a table; null where it has none. */
export const subjectSql = (table: string): string =>
  table === QUARANTINE ? "json_extract_string(content, '$.subject')" : "subject";

/** SQL of the pseudonym that a row names for somebody else's or an earlier one, in a table that has the column. */
export const previousSql = (table: string): string =>
  table === QUARANTINE
    ? "json_extract_string(content, '$.previous')"
    : table === RECEIPT
      ? "install_subject"
      : "previous_subject";

/** What an install sent under one pseudonym: its first and last number, its first and last moment. */
export interface UseSpan {
  /** Epoch and sequence number, as text that sorts as they do, of what was accepted; null where all was refused. */
  readonly first: string | null;
  readonly last: string | null;
  /** By the corrected clock, milliseconds since 1970. */
  readonly earliest: number;
  readonly latest: number;
}

/**
 * An install's word that two pseudonyms are one person's: `from` until its event of this number, `to` from then on. The
 * word of a refused event is none, as it is none for who may teach.
 */
export interface AliasClaim {
  readonly from: string;
  readonly to: string;
  readonly at: string;
}

/** What is known of an install, of its rows that were asked for. */
export interface InstallUse {
  /** By pseudonym. */
  readonly spans: ReadonlyMap<string, UseSpan>;
  /** The first claim of each two pseudonyms: of these the first {@link MOST_CLAIMS}. */
  readonly claims: readonly AliasClaim[];
  /** The others, which nobody follows. What was computed of people may still hold something of whom they tie. */
  readonly passedOver: readonly AliasClaim[];
}

/** An install's rows while they are read. */
interface GrowingUse {
  readonly spans: Map<string, UseSpan>;
  /** By both pseudonyms. */
  readonly claims: Map<string, AliasClaim>;
}

/** Digits of the largest safe integer: an epoch or a sequence number. */
const DIGITS = 16;

const orderOf = (epoch: number, seq: number): string =>
  String(epoch).padStart(DIGITS, "0") + String(seq).padStart(DIGITS, "0");

/** One row, or several that differ in number and moment only. */
interface Seen extends UseSpan {
  readonly install: string;
  readonly subject: string;
  readonly previous: string | null;
}

/** Of two places that which is further out; the other one where one is none. */
const outer = (
  one: string | null,
  other: string | null,
  isFurther: (one: string, other: string) => boolean,
): string | null => (one === null || (other !== null && !isFurther(one, other)) ? other : one);

function addUse(uses: Map<string, GrowingUse>, { install, subject, previous, ...seen }: Seen): void {
  const known = uses.get(install);
  const use = known ?? { spans: new Map<string, UseSpan>(), claims: new Map<string, AliasClaim>() };
  if (known === undefined) uses.set(install, use);
  const before = use.spans.get(subject) ?? seen;
  use.spans.set(subject, {
    first: outer(before.first, seen.first, (one, other) => one < other),
    last: outer(before.last, seen.last, (one, other) => one > other),
    earliest: Math.min(before.earliest, seen.earliest),
    latest: Math.max(before.latest, seen.latest),
  });
  if (previous === null || previous === subject || seen.first === null) return;
  const pair = `${previous}\0${subject}`;
  const same = use.claims.get(pair);
  if (same === undefined || seen.first < same.at)
    use.claims.set(pair, { from: previous, to: subject, at: seen.first });
}

/** What was read of an install: of too many claims the first ones count, however they came. */
function usedBy({ spans, claims }: GrowingUse): InstallUse {
  const all = [...claims.values()];
  if (all.length <= MOST_CLAIMS) return { spans, claims: all, passedOver: [] };
  all.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  return { spans, claims: all.slice(0, MOST_CLAIMS), passedOver: all.slice(MOST_CLAIMS) };
}

/** Uses of a table of a snapshot, by SQL that may ask for `install_id`, `subject` and `previous`. */
async function tableUses(
  uses: Map<string, GrowingUse>,
  { engine, snapshot }: PersonSource & { readonly snapshot: Snapshot },
  table: string,
  where: string,
): Promise<void> {
  const isTold =
    table === QUARANTINE || tableOf(snapshot, table).columns.some(({ name }) => name === "previous_subject");
  const place = `lpad(epoch::varchar, ${DIGITS}, '0') || lpad(seq::varchar, ${DIGITS}, '0')`;
  const columns = await engine.columns(
    `select install_id, subject, previous, min(place) as first, max(place) as last,
       min(moment)::double as earliest, max(moment)::double as latest
     from (select install_id, ${subjectSql(table)} as subject,
         ${isTold ? previousSql(table) : "cast(null as varchar)"} as previous,
         ${table === QUARANTINE ? "cast(null as varchar)" : place} as place,
         epoch_ms("time") as moment
       from ${tableSql(snapshot, table)})
     where subject is not null and (${where}) group by install_id, subject, previous`,
  );
  const text = (name: string) => texts(columns, name);
  const [subject, previous, first, last] = ["subject", "previous", "first", "last"].map(text);
  const [earliest, latest] = [numbers(columns, "earliest"), numbers(columns, "latest")];
  for (const [row, install] of text("install_id").entries()) {
    addUse(uses, {
      install: install!,
      subject: subject![row]!,
      previous: previous![row]!,
      first: first![row] ?? null,
      last: last![row] ?? null,
      earliest: earliest[row]!,
      latest: latest[row]!,
    });
  }
}

/**
 * What installs have sent under which pseudonyms, in the lake and in every log, of the rows that a condition holds for:
 * as SQL over `install_id`, `subject` and `previous`, and the same in code.
 */
export async function installUses(
  source: PersonSource,
  where: string,
  holds: (install: string, subject: string, previous: string | null) => boolean,
): Promise<ReadonlyMap<string, InstallUse>> {
  const { folder, snapshot } = source;
  const uses = new Map<string, GrowingUse>();
  for (const table of snapshot === null ? [] : [...eventTables(snapshot), QUARANTINE]) {
    await tableUses(uses, { ...source, snapshot: snapshot! }, table, where);
  }
  for await (const { record } of everyRecord(folder)) {
    const { install, epoch } = record;
    for (const [index, { seq, subject, previous, moment }] of personalEvents(record).entries()) {
      if (subject === null || !holds(install, subject, previous)) continue;
      const place = index < record.events.length ? orderOf(epoch, seq) : null;
      addUse(uses, {
        install,
        subject,
        previous,
        first: place,
        last: place,
        earliest: moment,
        latest: moment,
      });
    }
  }
  return new Map([...uses].map(([install, use]) => [install, usedBy(use)]));
}
