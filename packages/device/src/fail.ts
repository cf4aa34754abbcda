import { tidelineError, type ErrorCode } from "@tideline/spec";

/** Throws an error of the project: who complains, about which field, what came, and what would have been right. */
export function fail(
  code: ErrorCode,
  who: string,
  field?: string,
  received?: unknown,
  expected?: string,
): never {
  throw tidelineError(code, { who, field, received: received as string | undefined, expected });
}
