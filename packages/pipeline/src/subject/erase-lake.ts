import { latestSnapshot } from "../lake/index.ts";
import { rewriteLake, type RewriteContext, type RewrittenLake } from "../lake/rewrite-lake.ts";
import { holdingFiles, keptSql } from "./lake-holding.ts";
import type { SubjectScope } from "./scope.ts";

/** Where tests kill it. */
const POINTS = {
  afterFile: "subject.lake.after_file",
  beforeCommit: "subject.lake.before_commit",
  afterCommit: "subject.lake.after_commit",
  afterMark: "subject.lake.after_mark",
  afterDelete: "subject.lake.after_delete",
} as const;

/**
 * Takes a scope out of the lake, and the names of its people out of the rows of others: every file that holds them is
 * rewritten and deleted, whoever names it. Killed anywhere, the next call does what was left.
 *
 * @throws `FENCED`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function eraseLake(context: RewriteContext, scope: SubjectScope): Promise<RewrittenLake> {
  const { owner, catalog, engine } = context;
  const { root } = owner.layout;
  const holding = await holdingFiles(engine, root, scope);
  const files = new Map(
    holding.map((file) => [file.path, { rows: file.rows, keptSql: keptSql(root, file.path, file) }]),
  );
  const newest = await latestSnapshot(catalog, root);
  return rewriteLake(context, newest, { files, reason: "erasure", points: POINTS });
}
