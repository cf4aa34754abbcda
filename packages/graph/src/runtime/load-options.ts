import { tidelineError, type TidelineError } from "@tideline/spec";
import type { ExecutionProvider, LoadOptions } from "./graph-runtime.ts";

/** The error of a runtime that cannot have an option. */
export function optionUnsupported(
  who: string,
  field: keyof LoadOptions,
  expected: string,
  received: string,
  cause?: unknown,
): TidelineError {
  return tidelineError("RUNTIME_UNSUPPORTED", {
    who,
    field,
    expected,
    received,
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Load options with their defaults.
 *
 * @throws ARGUMENT_INVALID for a senseless number of threads.
 */
export function checkLoadOptions(
  who: string,
  { threads = 1, provider = "cpu" }: LoadOptions,
): { readonly threads: number; readonly provider: ExecutionProvider } {
  if (Number.isSafeInteger(threads) && threads >= 1) return { threads, provider };
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "threads",
    expected: "an integer of at least 1",
    received: String(threads),
  });
}

/**
 * Refuses whatever but one thread of the CPU, for runtimes that have nothing else.
 *
 * @throws RUNTIME_UNSUPPORTED naming the option; ARGUMENT_INVALID for a senseless number of threads.
 */
export function demandOneThread(who: string, options: LoadOptions): void {
  const { threads, provider } = checkLoadOptions(who, options);
  if (threads !== 1) throw optionUnsupported(who, "threads", "1", String(threads));
  if (provider !== "cpu") throw optionUnsupported(who, "provider", "cpu", provider);
}
