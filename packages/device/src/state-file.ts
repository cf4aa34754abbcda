import { parseJson } from "@tideline/spec";
import type { DevicePorts } from "./ports.ts";
import { createSerial } from "./serial.ts";

/** A small value on storage, replaced whole. */
export interface StateFile<T> {
  /** Whether there was none at the start, or a damaged one. */
  readonly isNew: boolean;
  get(): T;
  /** Changes the value, one change after the other; durable when resolved, and then what `get` gives. */
  change(step: (value: T) => T): Promise<void>;
}

/**
 * Opens a state file of format 1; `empty` stands for one that is not there or damaged: files are replaced whole, so
 * that a damaged one means lost storage. A member that is missing or of another kind than that of `empty` is that of
 * `empty`; where that is null, it may be anything.
 */
export async function openStateFile<T extends { readonly format: 1 }>(
  { storage, text }: Pick<DevicePorts, "storage" | "text">,
  name: string,
  empty: T,
): Promise<StateFile<T>> {
  const serial = createSerial();
  const bytes = await storage.read(name);
  const found = bytes && (parseJson(bytes, text) as T | null | undefined);
  let isNew = found?.format !== 1;
  let value = isNew ? empty : (found as T);
  for (const member in empty) {
    const whole = empty[member];
    // A number, a text, a list, an object.
    if (whole === null || value[member]?.constructor === whole?.constructor) continue;
    value = { ...value, [member]: whole };
    isNew = true;
  }
  return {
    isNew,
    get: () => value,
    change: (step) =>
      serial(async () => {
        const next = step(value);
        if (next === value) return;
        await storage.write(name, text.encode(JSON.stringify(next)));
        value = next;
      }),
  };
}
