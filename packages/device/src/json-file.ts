import { parseJson } from "@tideline/spec";
import type { DevicePorts } from "./ports.ts";

/** The part of the ports that small state files need. */
export type FilePorts = Pick<DevicePorts, "storage" | "text">;

/**
 * The value of a state file of format 1, or null where there is none or it is damaged: files are replaced whole, so
 * that a damaged one means lost storage, which the caller treats as such.
 */
export async function readJsonFile<T extends { readonly format: 1 }>(
  { storage, text }: FilePorts,
  name: string,
): Promise<T | null> {
  const bytes = await storage.read(name);
  const value = bytes && (parseJson(bytes, text) as T | null | undefined);
  return value?.format === 1 ? value : null;
}

/** Replaces a state file; durable when resolved. */
export function writeJsonFile(
  { storage, text }: FilePorts,
  name: string,
  value: { readonly format: 1 },
): Promise<void> {
  return storage.write(name, text.encode(JSON.stringify(value)));
}
