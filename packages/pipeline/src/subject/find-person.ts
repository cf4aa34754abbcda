import {
  eventTables,
  literal,
  QUARANTINE,
  tableSql,
  texts,
  type Engine,
  type Snapshot,
} from "../lake/index.ts";
import { inScope, type SubjectScope } from "./scope.ts";
import { everyRecord, subjectOfContent } from "./stored-record.ts";

/** Who asks: a phone for what it sent, or the folder's owner for a user of the app, by pseudonym. */
export type PersonQuestion =
  | { readonly kind: "install"; readonly install: string }
  | { readonly kind: "user"; readonly subject: string }
  /** By entries of the ledger: a backup that is older than an erasure is brought up to it. */
  | { readonly kind: "hashes"; readonly scope: SubjectScope };

/** Where a person is looked for. */
export interface PersonSource {
  readonly folder: string;
  readonly engine: Engine;
  /** The newest snapshot; null before the first. */
  readonly snapshot: Snapshot | null;
  /** Pseudonym of an install's events before it had a user. */
  readonly anonymous: (install: string) => string;
}

/** A person as the folder knows them. */
export interface FoundPerson {
  /** Installs of which everything is meant: nobody else has used them. */
  readonly installs: readonly string[];
  /** Pseudonyms of which everything is meant, from wherever it came. */
  readonly subjects: readonly string[];
  /** Every pseudonym of the rows that are meant: what was derived from them is told by these. */
  readonly touched: readonly string[];
  /** Those of them that have no other rows: of a user who has another phone some stay. */
  readonly gone: readonly string[];
  /** Installs that other people have used too. */
  readonly shared: readonly string[];
}

/** SQL of the pseudonym of a row of a table; null where it has none. */
export const subjectSql = (table: string): string =>
  table === QUARANTINE ? "json_extract_string(content, '$.subject')" : "subject";

/** Pseudonyms by install, of the rows that a condition (SQL, and the same in code) holds for. */
async function pairs(
  { folder, engine, snapshot }: PersonSource,
  where: string,
  holds: (install: string, subject: string) => boolean,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  const add = (install: string, subject: string): void => {
    const known = found.get(install);
    if (known === undefined) found.set(install, new Set([subject]));
    else known.add(subject);
  };
  for (const table of snapshot === null ? [] : [...eventTables(snapshot), QUARANTINE]) {
    const rows = `select distinct install_id, ${subjectSql(table)} as subject from ${tableSql(snapshot!, table)}`;
    const columns = await engine.columns(`select * from (${rows}) where subject is not null and ${where}`);
    const subjects = texts(columns, "subject");
    for (const [row, install] of texts(columns, "install_id").entries()) add(install!, subjects[row]!);
  }
  for await (const { record } of everyRecord(folder)) {
    const subjects = [
      ...record.events.map(({ subject }) => subject),
      ...record.quarantined.map(({ content }) => subjectOfContent(content)),
    ];
    for (const subject of subjects) {
      if (subject !== null && holds(record.install, subject)) add(record.install, subject);
    }
  }
  return found;
}

/** Everybody whom some hashes name. */
async function findByHash(source: PersonSource, scope: SubjectScope): Promise<FoundPerson> {
  const [installs, subjects] = [new Set<string>(), new Set<string>()];
  const [touched, stays] = [new Set<string>(), new Set<string>()];
  for (const [install, of] of await pairs(source, "true", () => true)) {
    if (scope.hasInstall(install)) installs.add(install);
    for (const subject of of) {
      if (scope.hasSubject(subject)) subjects.add(subject);
      (inScope(scope, install, subject) ? touched : stays).add(subject);
    }
  }
  const sorted = (names: ReadonlySet<string>): readonly string[] => [...names].sort();
  return {
    installs: sorted(installs),
    subjects: sorted(subjects),
    touched: sorted(touched),
    gone: sorted(touched).filter((subject) => !stays.has(subject)),
    shared: [],
  };
}

/**
 * Finds a person. A phone's question reaches what that phone sent, under whichever pseudonym, and nothing else: which
 * user it names is its own word, so that it may not open what another phone sent. A user's question reaches
 * everything under the user's pseudonym, and everything of installs that nobody else has used. On an install that
 * others have used, what it sent before it had a user may be theirs: an erasure takes it, an export leaves it out.
 */
export async function findPerson(
  source: PersonSource,
  question: PersonQuestion,
  purpose: "export" | "erase",
): Promise<FoundPerson> {
  const { anonymous } = source;
  if (question.kind === "hashes") return findByHash(source, question.scope);
  if (question.kind === "install") {
    const { install } = question;
    const own = await pairs(source, `install_id = ${literal(install)}`, (other) => other === install);
    const touched = [...new Set([anonymous(install), ...(own.get(install) ?? [])])].sort();
    const elsewhere = await pairs(
      source,
      `subject in (${touched.map(literal).join(", ")}) and install_id <> ${literal(install)}`,
      (other, subject) => other !== install && touched.includes(subject),
    );
    const stays = new Set([...elsewhere.values()].flatMap((subjects) => [...subjects]));
    const gone = touched.filter((subject) => !stays.has(subject));
    return { installs: [install], subjects: [], touched, gone, shared: [] };
  }
  const { subject } = question;
  const used = await pairs(source, `subject = ${literal(subject)}`, (_, other) => other === subject);
  const names = [...used.keys()].sort();
  const isUsed = new Set(names);
  const list = names.map(literal).join(", ");
  const people =
    names.length === 0
      ? new Map<string, ReadonlySet<string>>()
      : await pairs(source, `install_id in (${list})`, (install) => isUsed.has(install));
  const shared = names.filter((install) =>
    [...(people.get(install) ?? [])].some((other) => other !== subject && other !== anonymous(install)),
  );
  const installs = names.filter((install) => !shared.includes(install));
  const nameless = purpose === "erase" ? shared.map(anonymous) : [];
  const touched = [...new Set([subject, ...nameless, ...installs.map(anonymous)])].sort();
  return { installs, subjects: [subject, ...nameless], touched, gone: touched, shared };
}
