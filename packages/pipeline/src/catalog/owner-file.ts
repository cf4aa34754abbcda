import { tidelineError } from "@tideline/spec";
import { readTextIfThere } from "./folder.ts";

/** Where the owner listens: URLs, or null while it does not. */
export interface OwnerAddresses {
  /** The console: dashboard and administration. */
  readonly console: string | null;
  /** Where phones send and fetch. */
  readonly collect: string | null;
}

/** The content of `owner.json`: how people and the CLI find the process that owns a folder. */
export interface OwnerFile {
  readonly format: 1;
  readonly pid: number;
  /** Fencing epoch: counts up with every owner. */
  readonly epoch: number;
  /** The command that the person typed, for messages. */
  readonly command: string;
  /** When it started, milliseconds since 1970. */
  readonly started: number;
  readonly addresses: OwnerAddresses;
  /** The administration token, for the CLI of the same user; null before it is announced. */
  readonly token: string | null;
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The owner file of a folder, or null where none stands or the process that it names is dead. */
export async function readOwnerFile(path: string): Promise<OwnerFile | null> {
  const text = await readTextIfThere(path);
  if (text === undefined) return null;
  try {
    const file = JSON.parse(text) as OwnerFile;
    return isAlive(file.pid) ? file : null;
  } catch (cause) {
    const remedy = "Delete it when no Tideline runs on the folder.";
    throw tidelineError("FOLDER_INVALID", { who: path, expected: "JSON", remedy, cause });
  }
}
