import {
  isTidelineError,
  messageOf,
  tidelineError,
  type ErrorCode,
  type ErrorParts,
  type TidelineError,
} from "@tideline/spec/error";

/** An error on its way between threads or processes. */
export interface PortableError {
  readonly code: ErrorCode;
  readonly parts: ErrorParts;
}

/** Any caught value in a form that survives the way; the cause is told by its message. `who` answers for what is no error of the project. */
export function portableError(who: string, thrown: unknown): PortableError {
  if (!isTidelineError(thrown)) return { code: "INTERNAL", parts: { who, received: messageOf(thrown) } };
  const { cause, ...parts } = thrown.parts;
  return { code: thrown.code, parts: cause === undefined ? parts : { ...parts, cause: messageOf(cause) } };
}

/** The error again. */
export function receivedError({ code, parts }: PortableError): TidelineError {
  return tidelineError(code, parts);
}
