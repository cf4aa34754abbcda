/**
 * The one table of error codes. `status` is the HTTP status a server answers with, `exit` the exit status a
 * command ends with (after sysexits.h where one fits). Codes are append-only: scripts and phones match on them.
 */
export const ERROR_CODES = {
  // Definitions and arguments
  DEFINITION_ILLEGAL: { status: 400, exit: 78 },
  FEATURE_ILLEGAL: { status: 400, exit: 78 },
  CONFIG_MALFORMED: { status: 400, exit: 78 },
  ARGUMENT_INVALID: { status: 400, exit: 64 },
  DATA_NOT_FOUND: { status: 404, exit: 66 },
  DATA_MALFORMED: { status: 400, exit: 65 },
  NOT_FOUND: { status: 404, exit: 66 },
  // Folder and process
  FOLDER_OWNED: { status: 409, exit: 75 },
  FOLDER_INVALID: { status: 400, exit: 66 },
  FENCED: { status: 409, exit: 75 },
  PORT_IN_USE: { status: 500, exit: 69 },
  DISK_FULL: { status: 507, exit: 74 },
  FSYNC_FAILED: { status: 500, exit: 74 },
  LOG_CORRUPT: { status: 500, exit: 65 },
  INTERNAL: { status: 500, exit: 70 },
  // Ingest
  UNAUTHORISED: { status: 401, exit: 77 },
  FORBIDDEN: { status: 403, exit: 77 },
  BATCH_MALFORMED: { status: 400, exit: 65 },
  BATCH_TOO_LARGE: { status: 413, exit: 65 },
  OVERLOADED: { status: 429, exit: 75 },
  UNAVAILABLE: { status: 503, exit: 75 },
  RESIDENCY_MISMATCH: { status: 421, exit: 78 },
  // Quarantine reasons of a single event
  EVENT_UNKNOWN: { status: 400, exit: 65 },
  EVENT_VERSION_UNKNOWN: { status: 400, exit: 65 },
  EVENT_TOO_LARGE: { status: 400, exit: 65 },
  FIELD_MISSING: { status: 400, exit: 65 },
  FIELD_INVALID: { status: 400, exit: 65 },
  FIELD_UNKNOWN: { status: 400, exit: 65 },
  CONSENT_MISSING: { status: 403, exit: 77 },
  TIME_INVALID: { status: 400, exit: 65 },
  SUBJECT_ERASED: { status: 410, exit: 65 },
  // Graphs and models
  GRAPH_ILLEGAL: { status: 400, exit: 65 },
  MODEL_MALFORMED: { status: 400, exit: 65 },
  PARITY_FAILED: { status: 500, exit: 70 },
  GATE_FAILED: { status: 500, exit: 70 },
  CHECK_FAILED: { status: 500, exit: 65 },
  NOT_ENOUGH_DATA: { status: 409, exit: 65 },
  SNAPSHOT_ERASED: { status: 410, exit: 65 },
  // Releases on a phone
  RELEASE_MALFORMED: { status: 400, exit: 65 },
  RELEASE_SIGNATURE_INVALID: { status: 400, exit: 77 },
  RELEASE_EXPIRED: { status: 400, exit: 77 },
  RELEASE_ROLLBACK: { status: 400, exit: 77 },
  RELEASE_REQUIRES: { status: 400, exit: 77 },
  RELEASE_DEVELOPMENT_KEY: { status: 400, exit: 77 },
  RELEASE_KILLED: { status: 403, exit: 77 },
  ARTIFACT_CORRUPT: { status: 400, exit: 65 },
  SELF_TEST_FAILED: { status: 500, exit: 70 },
  RUNTIME_UNSUPPORTED: { status: 500, exit: 70 },
  STORAGE_FAILED: { status: 500, exit: 74 },
  BUDGET_SPENT: { status: 429, exit: 75 },
  RUNTIME_CRASHED: { status: 500, exit: 70 },
  RELEASE_HELD_BACK: { status: 403, exit: 75 },
  // Models of others
  MODEL_UNSUPPORTED: { status: 400, exit: 65 },
  // Training
  TRAINING_DIVERGED: { status: 500, exit: 70 },
  // Of several files some were written, and some refused: no status of sysexits.h says that, and no other code has this one
  EXPORT_PARTIAL: { status: 500, exit: 3 },
} as const;

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The parts of which the sentence of an error is made. */
export interface ErrorParts {
  /** Who complains: a command, a folder, an operator, a phone. */
  readonly who: string;
  /** Which field, argument or file is meant. */
  readonly field?: string | undefined;
  /** What would have been right. */
  readonly expected?: string | undefined;
  /** What came instead. */
  readonly received?: string | undefined;
  /** What the reader can do about it. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** An `Error` with a stable code and the parts of its sentence. */
export interface TidelineError extends Error {
  readonly name: "TidelineError";
  readonly code: ErrorCode;
  readonly parts: ErrorParts;
}

/** The sentence that a person reads. */
function sentence({ who, field, expected, received, remedy }: ErrorParts): string {
  const join = (parts: readonly (string | undefined)[], separator: string): string =>
    parts.filter((part) => part !== undefined && part !== "").join(separator);
  const clauses = [expected && `expected ${expected}`, received && `received ${received}`];
  return join([join([who, field, join(clauses, ", ")], ": "), remedy], ". ");
}

/**
 * Makes an error of the project: a sentence and a code.
 *
 * @example
 * throw tidelineError("PORT_IN_USE", { who: "tideline start", field: "--port", expected: "a free port",
 *   received: "4600", remedy: "Stop the other process or pass --port 0." });
 */
export function tidelineError(code: ErrorCode, parts: ErrorParts): TidelineError {
  const error = new Error(`${sentence(parts)} [${code}]`, { cause: parts.cause });
  return Object.assign(error, { name: "TidelineError" as const, code, parts });
}

/** Whether a caught value is an error of the project, and of the given code when one is named. */
export function isTidelineError(value: unknown, code?: ErrorCode): value is TidelineError {
  return (
    value instanceof Error &&
    value.name === "TidelineError" &&
    (code === undefined || (value as TidelineError).code === code)
  );
}

/** The sentence of any caught value. */
export function messageOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}
