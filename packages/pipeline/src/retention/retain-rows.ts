import type { AppDefinition } from "@tideline/spec";
import type { Catalog, Owner } from "../catalog/index.ts";
import type { Engine } from "../lake/index.ts";
import { cutoffsOf } from "./cutoff.ts";
import { expireLake, type ExpiredLake } from "./expire-lake.ts";
import { expireLogs, type ExpiredLog } from "./expire-log.ts";

/** What keeping retentions needs. */
export interface RetentionContext {
  readonly owner: Pick<Owner, "layout" | "assertEpoch">;
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly app: AppDefinition;
  readonly clock: () => number;
  /** Whether the folder's own ingest server lives beside. */
  readonly isServed: boolean;
}

/** Runs a step once and records its output, as the flows of the pipeline do: their `FlowStep`. */
export type RetentionStep = <Output>(
  name: string,
  input: unknown,
  work: () => Promise<Output>,
) => Promise<Output>;

/** What was past its time and went. */
export interface RetainedRows {
  readonly log: ExpiredLog;
  readonly lake: ExpiredLake;
}

/**
 * Takes everything out of a folder that is past the retention of its event at a moment: out of the logs, out of every
 * snapshot, and the windows that were computed from it. Models, histograms and scores, which hold no raw row, stay. In
 * recorded steps: killed anywhere, the same moment goes on where it was. While it runs nothing else may compact or train
 * in this process.
 *
 * @throws `UNAVAILABLE`, `FENCED`, `DISK_FULL`, `FSYNC_FAILED`, `LOG_CORRUPT`
 * @example
 * await runFlow(context, { name: "retain", input: { at } }, (step) => retainRows(context, at, step));
 */
export async function retainRows(
  context: RetentionContext,
  at: number,
  step: RetentionStep,
): Promise<RetainedRows> {
  const cutoffs = cutoffsOf(context.app, at);
  const log = await step("log", at, () => expireLogs(context, cutoffs));
  const lake = await step("lake", at, () => expireLake(context, cutoffs));
  return { log, lake };
}
