import { isRecord, type OptionForm } from "../../net/estimator/option-form.ts";
import type { ForestJob, ForestTree } from "./forest-job.ts";

/** Other threads that grow trees of one job. */
export interface ForestCrew {
  /**
   * A tree by its seed; several calls may be under way at once, as many as there are threads.
   *
   * @throws where the thread, or one before it, has died: at once, and from then on.
   */
  grow(seed: number): Promise<ForestTree>;
  /** Ends the threads; calls under way fail. */
  release(): void;
}

/**
 * A port: threads for forests. Each runs `forestGrower(job)` of this package over the job, whose arrays it may share or
 * copy; which thread grows a tree changes nothing of it.
 */
export interface ForestThreads {
  /** How many there are at most. */
  readonly threads: number;
  /** @param threads how many are of use, at most `threads` of the port: a forest may have fewer trees. */
  open(job: ForestJob, threads: number): Promise<ForestCrew>;
}

/** What a port of threads looks like. */
export const THREADS_FORM: OptionForm = {
  expected: "a port of threads, as nodeForestThreads() of @tideline/pipeline gives",
  fits: (value) =>
    isRecord(value) &&
    typeof value["open"] === "function" &&
    Number.isSafeInteger(value["threads"]) &&
    (value["threads"] as number) >= 1,
};
