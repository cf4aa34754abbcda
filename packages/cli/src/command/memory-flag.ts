import { tidelineError } from "@tideline/spec";

/** The least memory in which an engine opens. */
const LEAST_MEMORY = 64;

/** MiB that an engine may take, of the command line; undefined where it says nothing. @throws ARGUMENT_INVALID */
export function memoryFlag(who: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const memory = Number(text);
  if (Number.isSafeInteger(memory) && memory >= LEAST_MEMORY && memory <= 2 ** 20) return memory;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "--memory",
    expected: `MiB, an integer from ${LEAST_MEMORY} to ${2 ** 20}`,
    received: text,
  });
}
