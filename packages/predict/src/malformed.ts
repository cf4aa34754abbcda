/** An error as the rest of Tideline knows it, made here since this package depends on nothing. */
export function tableError(code: "MODEL_MALFORMED" | "ARGUMENT_INVALID", message: string): Error {
  const error = new Error(message) as Error & { code: string };
  error.name = "TidelineError";
  error.code = code;
  return error;
}

/** Refuses a table: `held` says that a rule was kept, `what` names the part that it is about. */
export function demand(held: boolean, what: string): void {
  if (!held) throw tableError("MODEL_MALFORMED", `malformed table: ${what}`);
}
