import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { tidelineError } from "@tideline/spec";
import { writeDurably } from "./durable-write.ts";
import { folderLayout } from "./folder.ts";

/** Version of `erased.json`. */
const ERASED_FORMAT = 1;

/** What can be erased: everything that an install sent, or everything of a pseudonym. */
export type ErasedKind = "install" | "subject";

/** The content of `erased.json`. It names nobody: installs and pseudonyms stand in it as hashes. */
export interface ErasedFile {
  readonly format: typeof ERASED_FORMAT;
  /** Counts up with every writing: whoever keeps a log begins a new segment when it sees another one. */
  readonly generation: number;
  /** Hashes of installs that are refused for good: a phone that goes on takes a new install. */
  readonly installs: readonly string[];
  /** Hash of each pseudonym, with the moment before which nothing of it is taken any more. */
  readonly subjects: readonly (readonly [hash: string, at: number])[];
}

/** Who has left, to be asked for every batch. */
export interface ErasedPeople {
  readonly generation: number;
  /** Whether nobody has. */
  readonly isEmpty: boolean;
  /** Whether an install is refused, whatever it sends. */
  hasInstall(install: string): boolean;
  /**
   * Whether an event of a pseudonym that an install sent, and that happened at `time` (corrected clock, milliseconds
   * since 1970), is refused: because the pseudonym has left, or what that one install sent under it.
   */
  refuses(install: string, subject: string, time: number): boolean;
}

/**
 * The name under which the ledger holds what one install sent under a pseudonym, where the pseudonym as a whole stays:
 * an alias that only that phone vouches for (docs/adr/0008). No pseudonym has a space.
 */
export const subjectOn = (install: string, subject: string): string => `${subject} on ${install}`;

/** Names an install or a pseudonym in the ledger: SHA-256, in hexadecimal. */
export function erasedHash(kind: ErasedKind, id: string): string {
  return createHash("sha256").update(`tideline erased ${kind} ${id}`, "utf8").digest("hex");
}

/** Hashes remembered: one costs about a microsecond, and the same people come again and again. */
const REMEMBERED = 10_000;

/** {@link erasedHash} with a memory. */
export function rememberedHash(kind: ErasedKind): (id: string) => string {
  const known = new Map<string, string>();
  return (id) => {
    const remembered = known.get(id);
    if (remembered !== undefined) return remembered;
    const hash = erasedHash(kind, id);
    if (known.size >= REMEMBERED) known.clear();
    known.set(id, hash);
    return hash;
  };
}

/** The people of some entries of the ledger. */
export function erasedPeople(file: Omit<ErasedFile, "format">): ErasedPeople {
  const installs = new Set(file.installs);
  const subjects = new Map(file.subjects);
  const [installHash, subjectHash] = [rememberedHash("install"), rememberedHash("subject")];
  return Object.freeze({
    generation: file.generation,
    isEmpty: installs.size === 0 && subjects.size === 0,
    hasInstall: (install: string) => installs.size > 0 && installs.has(installHash(install)),
    refuses: (install: string, subject: string, time: number) =>
      subjects.size > 0 &&
      [subject, subjectOn(install, subject)].some((name) => time <= (subjects.get(subjectHash(name)) ?? -1)),
  });
}

/** Nobody has left. */
export const NOBODY_ERASED: ErasedPeople = erasedPeople({ generation: 0, installs: [], subjects: [] });

/** The ledger's file as it stands; null where there is none. Synchronous: it is read between two batches. */
export function readErasedFile(folder: string): ErasedFile | null {
  const path = folderLayout(folder).erased;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    const file = JSON.parse(text) as ErasedFile;
    if (file.format === ERASED_FORMAT) return file;
  } catch (cause) {
    throw damaged(path, cause);
  }
  throw damaged(path);
}

function damaged(path: string, cause?: unknown) {
  return tidelineError("FOLDER_INVALID", {
    who: path,
    expected: `a ledger of erasures of format ${ERASED_FORMAT}`,
    received: "other content",
    remedy: "Delete it: the next start writes it again from the catalog.",
    cause,
  });
}

/** Writes the ledger's file, whole or not at all. */
export async function writeErasedFile(folder: string, file: Omit<ErasedFile, "format">): Promise<void> {
  const { generation, installs, subjects } = file;
  const content: ErasedFile = { format: ERASED_FORMAT, generation, installs, subjects };
  await writeDurably(folderLayout(folder).erased, `${JSON.stringify(content)}\n`);
}

/**
 * Follows the ledger's file: each call looks whether another one stands there (a `stat`, some 2 microseconds) and
 * answers who has left by now.
 */
export function followErased(folder: string): () => ErasedPeople {
  const path = folderLayout(folder).erased;
  let seen = "";
  let people = NOBODY_ERASED;
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    // Every writing is a new file by rename, so that inode, time or size tell it from the one before.
    const mark = found === undefined ? "" : `${found.ino}/${found.mtimeMs}/${found.size}`;
    if (mark !== seen) {
      const file = readErasedFile(folder);
      people = file === null ? NOBODY_ERASED : erasedPeople(file);
      seen = mark;
    }
    return people;
  };
}
