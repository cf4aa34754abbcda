import type { BenchmarkArtifact, BenchmarkPlan, PlanValue } from "./plan.ts";
import type { OperatorTime } from "./report.ts";

/** Numbers of each output for one row. */
export type CaseAnswers = Readonly<Record<string, ArrayLike<number | bigint>>>;

/** Values of each input for one row. */
export type CaseRow = Readonly<Record<string, readonly PlanValue[]>>;

/** A model that a runtime has loaded. `Feed` is a row as the runtime's own arrays hold it: making one is not timed. */
export interface OpenCase<Feed = unknown> {
  /** Names of the plan's outputs that it gives. */
  readonly outputs: readonly string[];
  feed(row: CaseRow): Feed;
  /** One call, with all that an app must do for it: tensors in, tensors out. Its answers hold until the next one. */
  run(feed: Feed): CaseAnswers | Promise<CaseAnswers>;
  /** Time by operator over so many calls, in a session of its own; or why there is none. */
  operators?(feeds: readonly Feed[], runs: number): Promise<readonly OperatorTime[] | string>;
  close(): void | Promise<void>;
}

/** A runtime that is in memory. */
export interface StartedRuntime {
  readonly version: string;
  /** Loads a model. Throws where the runtime refuses it. */
  open(bytes: Uint8Array, artifact: BenchmarkArtifact, plan: BenchmarkPlan): Promise<OpenCase>;
}

/**
 * A runtime of the benchmark: the one interface behind which ONNX Runtime (native, web, React Native), LiteRT (JavaScript, native)
 * and the model table stand.
 */
export interface CaseRuntime {
  readonly name: string;
  /** Formats of artifacts that it takes. */
  readonly formats: readonly string[];
  /** Loads the runtime itself. Throws where it is not installed. */
  start(): Promise<StartedRuntime>;
}
