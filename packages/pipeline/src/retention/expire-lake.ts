import type { AppDefinition } from "@tideline/spec";
import { folderLayout } from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import { comparisonFiles, deleteSteps, stepFolder } from "../feature/step-file.ts";
import {
  latestSnapshot,
  literal,
  numbers,
  QUARANTINE,
  RECEIPT,
  STANDING,
  type Snapshot,
} from "../lake/index.ts";
import { fileSql, parquetFiles } from "../lake/lake-file.ts";
import { manifestFiles } from "../lake/manifest-file.ts";
import {
  rewriteLake,
  type GoingFile,
  type RewriteContext,
  type RewrittenLake,
} from "../lake/rewrite-lake.ts";
import type { Cutoffs } from "./cutoff.ts";
import { countOutlived, formerStanding, keepStanding, type StandingContext } from "./keep-standing.ts";

/** What expiring the lake needs. */
export interface ExpireLakeContext extends RewriteContext {
  readonly app: AppDefinition;
}

/** What became of the lake. */
export interface ExpiredLake extends RewrittenLake {
  /** Rows that the newest snapshot has no more. */
  readonly rows: number;
  /** Files of windows with features that were deleted: they are computed again from what is left. */
  readonly derived: number;
}

/** Where tests kill it. */
const POINTS = {
  afterFile: "retention.lake.after_file",
  beforeCommit: "retention.lake.before_commit",
  afterCommit: "retention.lake.after_commit",
  afterMark: "retention.lake.after_mark",
  afterDelete: "retention.lake.after_delete",
} as const;

/** A moment as SQL; no row was received before 1970, nor can one be past it for ever. */
const momentSql = (time: number): string => `epoch_ms(${Math.max(0, Math.floor(time))}::bigint)`;

/** SQL that holds for the rows of a table that are past their time. */
function pastSql(app: AppDefinition, table: string, cutoffs: Cutoffs): string {
  if (table === RECEIPT) return `received_time < ${momentSql(cutoffs.others)}`;
  if (table !== QUARANTINE) return `received_time < ${momentSql(cutoffs.of(table))}`;
  const cases = Object.keys(app.events).map(
    (name) => `when ${literal(name)} then ${momentSql(cutoffs.of(name))}`,
  );
  const limit =
    cases.length === 0 ? "" : `case "name" ${cases.join(" ")} else ${momentSql(cutoffs.others)} end`;
  return `received_time < ${limit || momentSql(cutoffs.others)}`;
}

/** What says what stands of rows that go. */
const standingOf = (
  { engine, app }: ExpireLakeContext,
  newest: Snapshot,
  cutoffs: Cutoffs,
): StandingContext => ({
  engine,
  app,
  newest,
  pastSql: (table) => pastSql(app, table, cutoffs),
  othersSql: momentSql(cutoffs.others),
});

/** Every file of the lake that has rows past their time; what stands of some is not among them. */
async function pastFiles(
  { engine, app, owner }: ExpireLakeContext,
  cutoffs: Cutoffs,
): Promise<ReadonlyMap<string, GoingFile>> {
  const { root } = owner.layout;
  const past = new Map<string, GoingFile>();
  for (const path of await parquetFiles(root, folderLayout(root).lake)) {
    const table = path.split("/")[1]!;
    if (table === STANDING) continue;
    const [relation, isPast] = [fileSql(root, path), pastSql(app, table, cutoffs)];
    const columns = await engine.columns(`select count(*)::double as rows from ${relation} where ${isPast}`);
    const rows = numbers(columns, "rows")[0]!;
    if (rows > 0) past.set(path, { rows, keptSql: `select * from ${relation} where not (${isPast})` });
  }
  return past;
}

/**
 * Deletes all windows with features. Before the rows that they may hold go, and again whenever any such row is still
 * there: a kill or a failure in between, after which they may be computed again, leaves no sign but those rows.
 */
async function deleteWindows(root: string): Promise<number> {
  const files = [...(await parquetFiles(root, stepFolder(root))), ...(await comparisonFiles(root))];
  await deleteSteps(root, files);
  crashPoint("retention.derived.after_steps");
  return files.length;
}

/**
 * Takes rows past their time out of the lake: the newest snapshot is rewritten where it holds any, older ones that do
 * are marked, and every file that does is deleted, whoever names it. Killed anywhere, the next call does what was left.
 *
 * @throws `FENCED`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function expireLake(context: ExpireLakeContext, cutoffs: Cutoffs): Promise<ExpiredLake> {
  const { owner, catalog } = context;
  const { root, temporary } = owner.layout;
  const files = await pastFiles(context, cutoffs);
  const derived = files.size > 0 ? await deleteWindows(root) : 0;
  const newest = await latestSnapshot(catalog, root);
  const standing = newest === null ? null : standingOf(context, newest, cutoffs);
  const held = newest === null ? [] : manifestFiles(newest.manifest).filter((path) => files.has(path));
  const rewritten = await rewriteLake(context, newest, {
    files,
    reason: "retention",
    points: POINTS,
    isDue: standing !== null && held.length === 0 && (await countOutlived(standing)) > 0,
    writeTables: async () => ({
      [STANDING]: standing === null ? null : await keepStanding(standing, temporary, new Set(files.keys())),
    }),
    beforeDelete: (clean) => formerStanding(root, clean),
  });
  const rows = held.reduce((sum, path) => sum + files.get(path)!.rows, 0);
  return { ...rewritten, rows, derived };
}
