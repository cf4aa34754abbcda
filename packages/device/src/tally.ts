import { isTidelineError, messageOf, type ErrorCode, type PredictionSource } from "@tideline/spec";
import type { DevicePorts, LogEntry } from "./ports.ts";

/** What a client counts since its start; nothing else is mutable and shared. */
export interface Tally {
  /** Events that were not recorded for want of consent. */
  withheld: number;
  readonly uploads: {
    batches: number;
    retries: number;
    /** Runs of failed requests. */
    outages: number;
    /** Duplicates that the server reported. */
    duplicates: number;
    /** True after the server refused the write key or the address: nothing more is sent until `flush`. */
    stopped: boolean;
  };
  readonly predictions: Record<PredictionSource, number>;
  lastError: { readonly code: string; readonly message: string; readonly time: number } | null;
  /** Keeps an error for `diagnostics` and hands it to the log. Returns its code. */
  report(part: string, error: unknown, level?: LogEntry["level"]): ErrorCode;
}

/** A tally at zero. */
export function createTally({ clock, log }: DevicePorts): Tally {
  const tally: Tally = {
    withheld: 0,
    uploads: { batches: 0, retries: 0, outages: 0, duplicates: 0, stopped: false },
    predictions: { device: 0, endpoint: 0, last: 0, rule: 0 },
    lastError: null,
    report: (part, error, level = "warning") => {
      const code = isTidelineError(error) ? error.code : "UNAVAILABLE";
      const message = messageOf(error);
      tally.lastError = { code, message, time: clock() };
      log?.({ level, part, code, message });
      return code;
    },
  };
  return tally;
}
