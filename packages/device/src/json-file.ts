import type { DevicePorts } from "./ports.ts";

/** The part of the ports that small state files need. */
export type FilePorts = Pick<DevicePorts, "storage" | "text">;

/**
 * The value of a state file of format 1, or null where there is none or it is damaged: files are replaced whole, so
 * that a damaged one means lost storage, which the caller treats as such.
 */
export async function readJsonFile<T extends { readonly format: 1 }>(
  ports: FilePorts,
  name: string,
): Promise<T | null> {
  const bytes = await ports.storage.read(name);
  if (bytes === null) return null;
  try {
    const value = JSON.parse(ports.text.decode(bytes)) as T | null;
    return value?.format === 1 ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Replaces a state file; durable when resolved. */
export function writeJsonFile(ports: FilePorts, name: string, value: { readonly format: 1 }): Promise<void> {
  return ports.storage.write(name, ports.text.encode(JSON.stringify(value)));
}
