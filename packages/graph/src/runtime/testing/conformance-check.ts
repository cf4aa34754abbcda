import { isTidelineError, type ErrorCode } from "@tideline/spec";
import type { GraphRuntime } from "../graph-runtime.ts";

/** One thing that every runtime must do; `run` throws when it does not. */
export interface ConformanceCheck {
  readonly name: string;
  run(runtime: GraphRuntime): Promise<void>;
}

/** Throws with the sentence that did not hold. */
export function demand(held: boolean, sentence: string): void {
  if (!held) throw new Error(`runtime conformance: ${sentence}`);
}

/** Throws unless the action fails with this code. */
export async function demandError(code: ErrorCode, action: () => Promise<unknown>): Promise<void> {
  let caught: unknown;
  try {
    await action();
  } catch (error) {
    caught = error;
  }
  demand(isTidelineError(caught, code), `expected ${code}, received ${String(caught)}`);
}
