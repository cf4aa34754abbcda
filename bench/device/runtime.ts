import type { DeviceCase } from "./case.ts";

/** A runtime with a model loaded. */
export interface TimedRuntime {
  /** Milliseconds that loading took. */
  readonly loadMs: number;
  /** The output for each row. */
  run(rows: readonly Float32Array[]): Promise<readonly Float32Array[]>;
  /** Microseconds of one run, the mean over so many, after as many as warm it up. */
  time(runs: number): Promise<number>;
  close(): Promise<void>;
}

/** Loads a case, or says why this machine cannot. */
export type OpenRuntime = (given: DeviceCase) => Promise<TimedRuntime | string>;

/** Microseconds of one call, the mean over so many. */
export async function timeCalls(runs: number, call: (index: number) => unknown): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < runs; index++) {
    const result = call(index);
    if (result instanceof Promise) await result;
  }
  return ((performance.now() - started) * 1000) / runs;
}
