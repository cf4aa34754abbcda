import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";

type Call = (name: string, ...rest: never[]) => Promise<unknown>;

/** Some calls of a storage, whose every failure is a `STORAGE_FAILED` that names the file. */
export function guardStorage<T extends object>(storage: T, calls: readonly (keyof T)[]): T {
  const guarded = (call: keyof T): Call => {
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
  return Object.fromEntries(calls.map((call) => [call, guarded(call)])) as T;
}
