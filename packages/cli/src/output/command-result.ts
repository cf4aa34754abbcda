import type { TidelineError } from "@tideline/spec";

/** What a command answers, for a script and for a person. */
export interface CommandResult {
  /** Printed with `--json`, as one line. */
  readonly value: object;
  /** Printed otherwise. */
  readonly text: string;
  /** What the command found wrong: printed after the result, and gives the exit status. */
  readonly fault?: TidelineError;
}
