import {
  isTidelineError,
  messageOf,
  tidelineError,
  type ErrorCode,
  type ErrorParts,
  type TidelineError,
} from "@tideline/spec";
import type { LogPosition } from "../log-record.ts";
import type { IngestCounts } from "./ingest-counts.ts";

/** An error on its way between threads. */
export interface PortableError {
  readonly code: ErrorCode;
  readonly parts: ErrorParts;
}

/** What the ingest thread tells its owner. */
export type IngestMessage =
  /** It listens. */
  | { readonly kind: "ready"; readonly address: string; readonly position: LogPosition }
  /** A commit is durable. */
  | { readonly kind: "durable"; readonly position: LogPosition }
  | { readonly kind: "counts"; readonly counts: IngestCounts }
  /** It could not start, or must not go on. */
  | { readonly kind: "fatal"; readonly error: PortableError }
  /** It has drained and ends. */
  | { readonly kind: "closed"; readonly counts: IngestCounts };

/** What the owner tells the ingest thread. */
export interface IngestCommand {
  readonly kind: "close";
}

/** Any caught value in a form that survives the way between threads; the cause is told by its message. */
export function portableError(thrown: unknown): PortableError {
  if (!isTidelineError(thrown)) {
    return { code: "INTERNAL", parts: { who: "ingest", received: messageOf(thrown) } };
  }
  const { cause, ...parts } = thrown.parts;
  return { code: thrown.code, parts: cause === undefined ? parts : { ...parts, cause: messageOf(cause) } };
}

/** The error again. */
export function receivedError({ code, parts }: PortableError): TidelineError {
  return tidelineError(code, parts);
}
