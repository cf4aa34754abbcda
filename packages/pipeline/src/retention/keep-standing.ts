import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AppDefinition } from "@tideline/spec";
import { folderLayout, makeFolder, storageError } from "../catalog/index.ts";
import { openIdentity, watchedName } from "../dataset/index.ts";
import {
  eventTables,
  EVENT_COLUMNS,
  identifier,
  literal,
  numbers,
  RECEIPT,
  STANDING,
  STANDING_COLUMNS,
  tableOf,
  tableSql,
  type Engine,
  type LakeFile,
  type LakeTable,
  type Snapshot,
} from "../lake/index.ts";
import { adoptFile, parquetFiles } from "../lake/lake-file.ts";
import { filesSql } from "../lake/scan.ts";
import { ROW_GROUP } from "../lake/write-bucket.ts";

/** What stands of a snapshot, and what is needed to say what goes. */
export interface StandingContext {
  readonly engine: Engine;
  readonly app: AppDefinition;
  readonly newest: Snapshot;
  /** SQL that holds for the rows of an event's table that are past their time. */
  readonly pastSql: (table: string) => string;
  /** The moment before which nothing that is no event's is kept, as SQL. */
  readonly othersSql: string;
}

const NAMES = STANDING_COLUMNS.map(({ name }) => name);

/** Columns that say nothing of consent, links and groups. */
const LEFT_OUT: ReadonlySet<string> = new Set(["key_id", "schema_version", "event_time", "sent_time"]);

/** SQL of the control groups in which a row of an event puts its person. */
function watchedSql({ app, newest }: StandingContext, table: string): string {
  const columns = new Set(tableOf(newest, table).columns.map(({ name }) => name));
  const groups = app.models.flatMap(({ cohorts }) =>
    cohorts.event === table && columns.has(cohorts.field)
      ? cohorts.control.map((cohort) => {
          const isIn = `${identifier(cohorts.field)} = ${literal(cohort)}`;
          return `case when ${isIn} then ${literal(watchedName(cohorts, cohort))} end`;
        })
      : [],
  );
  if (groups.length === 0) return "[]::varchar[]";
  return `list_sort(list_distinct(list_filter([${[...new Set(groups)].join(", ")}], one -> one is not null)))`;
}

/** SQL of what rows of an event that go leave behind. */
function leftBySql(context: StandingContext, table: string, files: readonly LakeFile[]): string {
  const { folder } = context.newest;
  const columns = NAMES.map((name) => {
    if (name === "watched") return `${watchedSql(context, table)} as watched`;
    if (name === "nameless") return "false as nameless";
    const { type } = STANDING_COLUMNS.find((column) => column.name === name)!;
    return LEFT_OUT.has(name) ? `null::${type} as ${name}` : name;
  });
  // A lake of before a column was kept has none of its values.
  const known = [...tableOf(context.newest, table).columns];
  const lacking = EVENT_COLUMNS.filter(({ name }) => !known.some((column) => column.name === name));
  const relation = filesSql(folder, files, [...known, ...lacking]);
  return `select ${columns.join(", ")} from ${relation} where ${context.pastSql(table)}`;
}

/** SQL that holds for rows that stand no more: older than any retention, and nothing of their person is left. */
async function outlivedSql({ engine, newest, othersSql, pastSql }: StandingContext): Promise<string> {
  const identity = await openIdentity(engine, newest);
  const tables = eventTables(newest);
  const every = tables.map((table) => `select subject from ${tableSql(newest, table)}`).join(" union ");
  const left = tables
    .filter((table) => table !== STANDING)
    .map((table) => `select subject from ${tableSql(newest, table)} where not (${pastSql(table)})`)
    .join(" union ");
  const people = identity.now(`(${every})`);
  return `(received_time < ${othersSql} and subject in (select subject from ${people} where person not in (
    select o.person from ${identity.owners(people)} o where o.subject in (${left}))))`;
}

/** SQL of who an install is without a user, by the receipts of what it sent: these are kept as long as any event is. */
function namelessSql({ newest }: StandingContext): string {
  const isTold = tableOf(newest, RECEIPT).columns.some(({ name }) => name === "install_subject");
  const name = isTold ? "install_subject" : "null::varchar";
  return `select distinct (install_id, ${name}) from ${tableSql(newest, RECEIPT)} where ${name} is not null`;
}

/**
 * SQL of the rows of each kind that stand for all of it, at most five: the first and the last as they became known, on which
 * links and consents depend, and as the phone numbered them, on which it depends whether an alias is borne out. Of an
 * alias also the first one that counts: that by which the phone had sent something as the earlier user.
 */
function boundSql({ newest }: StandingContext, given: string): string {
  const every = eventTables(newest)
    .map((table) => `select install_id, subject, known_time from ${tableSql(newest, table)}`)
    .join(" union all ");
  const arrived = "(known_time, epoch, seq)";
  const bounds = [
    `arg_min(one, ${arrived}) filter (known_time >= heard)`,
    `arg_min(one, ${arrived})`,
    "arg_max(one, (time, known_time, epoch, seq))",
    "arg_min(one, (epoch, seq))",
    "arg_max(one, (epoch, seq))",
  ];
  return `(select distinct kept from (select unnest([${bounds.join(", ")}]) as kept
    from (select one, heard, unnest(one) from (select one, heard from ${given} one left join (
      select install_id, subject, min(known_time) as heard from (${every})
      where (install_id, subject) in (select (install_id, previous_subject) from ${given})
      group by install_id, subject
    ) earlier on earlier.install_id = one.install_id and earlier.subject = one.previous_subject))
    group by install_id, subject, previous_subject, watched, nameless) where kept is not null)`;
}

/** What rows that go leave behind in a bucket, and what stood there already, as a file; null where nothing stands. */
async function writeStanding(
  context: StandingContext,
  temporary: string,
  bucket: number,
  { past, outlived }: { readonly past: ReadonlySet<string>; readonly outlived: string },
): Promise<LakeFile | null> {
  const { engine, newest } = context;
  const parts = eventTables(newest).flatMap((table) => {
    const files = tableOf(newest, table).files.filter((file) => file.bucket === bucket);
    if (table === STANDING) {
      return files.length === 0 ? [] : [`select * from ${filesSql(newest.folder, files, STANDING_COLUMNS)}`];
    }
    const going = files.filter(({ path }) => past.has(path));
    return going.length === 0 ? [] : [leftBySql(context, table, going)];
  });
  if (parts.length === 0) return null;
  await makeFolder(temporary);
  const path = join(temporary, `${randomUUID()}.parquet`);
  const values = NAMES.map((name) => `kept.${name} as ${name}`).join(", ");
  await engine
    .run(
      `copy (with left_over as materialized (${parts.join(" union all ")}), given as materialized (
       select * replace (coalesce(nameless, false) or (install_id, subject) in (${namelessSql(context)}) as nameless)
       from left_over where not ${outlived})
     select ${values} from ${boundSql(context, "given")} order by subject, install_id, epoch, seq)
     to ${literal(path)} (format parquet, compression zstd, row_group_size ${ROW_GROUP})`,
    )
    .catch((cause: unknown) => {
      throw storageError(cause, path);
    });
  const columns = await engine.columns(
    `select count(*)::double as rows, min("time") as first, max("time") as last from read_parquet(${literal(path)})`,
  );
  const rows = numbers(columns, "rows")[0]!;
  if (rows === 0) {
    await rm(path);
    return null;
  }
  const [min_time, max_time] = [numbers(columns, "first")[0]!, numbers(columns, "last")[0]!];
  return { ...(await adoptFile(newest.folder, STANDING, bucket, path)), rows, bucket, min_time, max_time };
}

/** How many rows stand that need not any more. */
export async function countOutlived(context: StandingContext): Promise<number> {
  const { engine, newest, othersSql } = context;
  const count = async (where: string): Promise<number> => {
    const sql = `select count(*)::double as rows from ${tableSql(newest, STANDING)} where ${where}`;
    return numbers(await engine.columns(sql), "rows")[0]!;
  };
  // Whom rows are of is asked only where there are any so old.
  const isAny = (await count(`received_time < ${othersSql}`)) > 0;
  return isAny ? count(await outlivedSql(context)) : 0;
}

/**
 * What stands once some rows of the newest snapshot are gone: of each install, pseudonym, earlier pseudonym and control
 * group the first and the last rows, as they came and as the phone numbered them, without what an app put into them. It decides who may teach as the rows did, and is
 * kept as long as the longest retention, and beyond that as long as anything of its person is. Null where nothing stands.
 *
 * @param past paths of the files with rows past their time
 */
export async function keepStanding(
  context: StandingContext,
  temporary: string,
  past: ReadonlySet<string>,
): Promise<LakeTable | null> {
  if (eventTables(context.newest).length === 0) return null;
  const outlived = await outlivedSql(context);
  const tables = eventTables(context.newest).map((table) => tableOf(context.newest, table));
  const buckets = new Set(tables.flatMap(({ files }) => files.map(({ bucket }) => bucket)));
  const files: LakeFile[] = [];
  for (const bucket of [...buckets].sort((left, right) => left - right)) {
    const file = await writeStanding(context, temporary, bucket, { past, outlived });
    if (file !== null) files.push(file);
  }
  if (files.length === 0) return null;
  return { columns: STANDING_COLUMNS, rows: files.reduce((sum, { rows }) => sum + rows, 0), files };
}

/** Files with what stood, on the disk, that a snapshot names no more. */
export async function formerStanding(root: string, named: Snapshot): Promise<readonly string[]> {
  const now = new Set(named.manifest.tables[STANDING]?.files.map(({ path }) => path));
  const there = await parquetFiles(root, join(folderLayout(root).lake, STANDING));
  return there.filter((path) => !now.has(path));
}
