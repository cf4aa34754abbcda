import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";

type Call = (name: string, ...rest: never[]) => Promise<unknown>;

/** Every call of a storage; the secure one has the middle three. */
const CALLS = ["append", "read", "write", "remove", "list"] as const;

/** The calls of a storage, whose every failure is a `STORAGE_FAILED` that names the file. */
export function guardStorage<T extends Partial<Record<(typeof CALLS)[number], unknown>>>(storage: T): T {
  const guarded = (call: (typeof CALLS)[number]): Call => {
    return async (...parameters) => {
      try {
        return await (storage[call] as Call)(...parameters);
      } catch (cause) {
        if (isTidelineError(cause)) throw cause;
        const field = parameters[0];
        throw tidelineError("STORAGE_FAILED", { who: "storage", field, received: messageOf(cause), cause });
      }
    };
  };
  return Object.fromEntries(CALLS.map((call) => [call, guarded(call)])) as T;
}
