import type { ForestJob, ForestTree } from "./forest-job.ts";

/** Other threads that grow trees of one job. */
export interface ForestCrew {
  /** A tree by its seed; several calls may be under way at once, as many as there are threads. */
  grow(seed: number): Promise<ForestTree>;
  /** Ends the threads; calls under way fail. */
  release(): void;
}

/**
 * A port: threads for forests. Each runs `forestGrower(job)` of this package over the job, whose arrays it may share or
 * copy; which thread grows a tree changes nothing of it.
 */
export interface ForestThreads {
  readonly threads: number;
  open(job: ForestJob): Promise<ForestCrew>;
}
