import { tidelineError, type TidelineError } from "@tideline/spec";

/** The error for a model that is well formed but uses what we do not read or run. */
export function unsupported(who: string, expected: string, received: string): TidelineError {
  return tidelineError("MODEL_UNSUPPORTED", { who, expected, received });
}
