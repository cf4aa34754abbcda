/** An error as the rest of Tideline knows it, made here since this package depends on nothing. */
export function tableError(code: "MODEL_MALFORMED" | "ARGUMENT_INVALID", message: string): Error {
  const error = new Error(`table: ${message}`) as Error & { code: string };
  error.name = "TidelineError";
  error.code = code;
  return error;
}

/** Refuses a table that is not one of the format: `held` says that a rule was kept. */
export function demand(held: boolean, rule: string): void {
  if (!held) throw tableError("MODEL_MALFORMED", rule);
}
