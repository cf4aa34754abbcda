/**
 * Every place at which a process that stores things can die and something else would be on the disk than before.
 * Tests set `TIDELINE_CRASH_AT` to one of them. Append-only: a stage adds its own points here.
 */
export const CRASH_POINTS = [
  // The log, in the order in which a batch meets them
  "ingest.log.before_segment",
  "ingest.log.after_segment",
  "ingest.log.before_write",
  "ingest.log.mid_write",
  "ingest.log.after_write",
  "ingest.log.after_fsync",
  "ingest.before_respond",
  "ingest.checkpoint.before_write",
  "ingest.checkpoint.after_write",
  // The lake, in the order in which a compaction meets them
  "lake.compact.before_file",
  "lake.compact.after_file",
  "lake.snapshot.before_manifest",
  "lake.snapshot.before_commit",
  "lake.snapshot.after_commit",
  // Keys and artifacts of a release
  "release.root.before_write",
  "release.root.after_write",
  "release.artifact.before_write",
  "release.artifact.after_write",
  // The erasure of a person, in the order of its steps
  "subject.ledger.after_commit",
  "subject.segment.before_rename",
  "subject.segment.after_rename",
  "subject.lake.after_file",
  "subject.lake.before_commit",
  "subject.lake.after_commit",
  "subject.lake.after_mark",
  "subject.lake.after_delete",
  "subject.derived.after_steps",
  "subject.derived.before_commit",
  "subject.derived.after_commit",
  "subject.residue.after_vacuum",
  "subject.receipt.before_commit",
  "subject.receipt.after_commit",
  // Rows past their retention, in the order in which they go
  "retention.segment.before_rename",
  "retention.segment.after_rename",
  "retention.derived.after_steps",
  "retention.lake.after_file",
  "retention.lake.before_commit",
  "retention.lake.after_commit",
  "retention.lake.after_mark",
  "retention.lake.after_delete",
  // A step of a flow: what it did stands already, that it is done does not yet
  "flow.step.before_commit",
  "flow.step.after_commit",
  // A preparation, in the order in which a step and then its outcome meet them
  "prepare.step.after_files",
  "prepare.step.after_commit",
  "prepare.publish.before_rename",
  "prepare.publish.after_rename",
  "prepare.publish.after_pointer",
] as const;

/** The name of a place at which a test can end the process. */
export type CrashPoint = (typeof CRASH_POINTS)[number];

const hits = new Map<CrashPoint, number>();

/** The point and the hit at which this process is to die, from `name` or `name:n` (the n-th hit; 1 is the first). */
function planned(): { name: string; hit: number } | undefined {
  const setting = process.env["TIDELINE_CRASH_AT"];
  if (setting === undefined || setting === "") return undefined;
  const [name = "", hit = "1"] = setting.split(":");
  return { name, hit: Number(hit) };
}

const plan = planned();

/** Whether this process is to die at a point that it is about to reach; for points that need preparing. */
export function crashesNext(name: CrashPoint): boolean {
  return plan?.name === name && (hits.get(name) ?? 0) + 1 === plan.hit;
}

/**
 * Ends the process by SIGKILL, as if its power had been cut, when `TIDELINE_CRASH_AT` names this point (and hit);
 * otherwise does nothing. Hits count per thread.
 *
 * @example
 * await handle.datasync();
 * crashPoint("ingest.log.after_fsync");
 */
export function crashPoint(name: CrashPoint): void {
  if (plan?.name !== name) return;
  const hit = (hits.get(name) ?? 0) + 1;
  hits.set(name, hit);
  if (hit !== plan.hit) return;
  process.kill(process.pid, "SIGKILL");
  // The signal reaches another thread first: nothing more may run on this one.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
