import type { Storage } from "@tideline/device";
import { tidelineError } from "@tideline/spec";
import { createTurn, type Turn } from "../turn.ts";
import { STORAGE_FOLDER } from "./sqlite-storage.ts";

/** The part of `expo-file-system`'s `FileHandle` that the adapter uses. */
export interface ExpoFileHandle {
  offset: number | null;
  readonly size: number | null;
  writeBytes(bytes: Uint8Array): void;
  close(): void;
}

/** The part of `expo-file-system`'s `File` that the adapter uses. */
export interface ExpoFile {
  readonly exists: boolean;
  readonly name: string;
  create(): void;
  write(content: Uint8Array): void;
  bytes(): Promise<Uint8Array>;
  rename(name: string): void;
  delete(): void;
  open(): ExpoFileHandle;
}

/** The part of `expo-file-system`'s `Directory` that the adapter uses. */
export interface ExpoDirectory {
  create(options: { intermediates: boolean; idempotent: boolean }): void;
  list(): readonly { readonly name: string }[];
}

/** The part of the module `expo-file-system` that the adapter uses: its API since version 19 (Expo SDK 54). */
export interface ExpoFileSystem {
  readonly File: new (folder: never, name: string) => ExpoFile;
  readonly Directory: new (folder: never, name: string) => ExpoDirectory;
  readonly Paths: { readonly document: unknown };
}

/** A {@link Storage} on files of the app. */
export interface FileStorage extends Storage {
  /** Closes what is kept open; call nothing afterwards. */
  close(): Promise<void>;
}

/** Names of the port; then the file on the disk is `name~generation`. */
const NAME = /^[a-z0-9._-]{1,128}$/;
const ON_DISK = /^([a-z0-9._-]{1,128})~(\d{1,15})$/;

/** Where a replacement is written before it has its name. */
const DRAFT = "~draft";

/**
 * Files by `expo-file-system`. Appends go through an open handle; nothing is ever rewritten to append to it. Expo can
 * neither replace a file in one step (its rename refuses a name that exists, its move removes the target first) nor
 * sync it, so a replacement is written whole beside the old file, renamed to the next generation's name, and the old
 * generation removed; the highest generation counts.
 *
 * **Less than the port promises:** what resolved survives the end of the process, but not surely the loss of power,
 * because Expo never syncs a file. Take the storage in SQLite where that matters. Run here on Node's file system
 * with the process killed at any time; never run on a phone.
 *
 * @example const storage = openFileStorage(FileSystem); // import * as FileSystem from "expo-file-system"
 */
export function openFileStorage(fileSystem: ExpoFileSystem, folder: string = STORAGE_FOLDER): FileStorage {
  const directory = new fileSystem.Directory(fileSystem.Paths.document as never, folder);
  directory.create({ intermediates: true, idempotent: true });
  const at = (name: string): ExpoFile => new fileSystem.File(directory as never, name);

  /** Current generation by name; older ones are what an interrupted replacement left. */
  const generations = new Map<string, number>();
  for (const { name } of directory.list()) {
    const [, base, digits] = ON_DISK.exec(name) ?? [];
    if (base === undefined) {
      if (name === DRAFT) at(name).delete();
      continue;
    }
    const generation = Number(digits);
    const other = generations.get(base);
    if (other !== undefined) at(`${base}~${Math.min(other, generation)}`).delete();
    generations.set(base, Math.max(other ?? 0, generation));
  }

  const fileOf = (name: string): ExpoFile => at(`${name}~${generations.get(name)}`);
  /** The file that appends go to: the journal goes on in one file and does not come back to an older one. */
  let open: { readonly name: string; readonly handle: ExpoFileHandle } | null = null;
  const closeHandle = (name?: string): void => {
    if (open === null || (name !== undefined && open.name !== name)) return;
    open.handle.close();
    open = null;
  };
  const appendable = (name: string): ExpoFileHandle => {
    if (open?.name === name) return open.handle;
    closeHandle();
    if (!generations.has(name)) {
      at(`${name}~1`).create();
      generations.set(name, 1);
    }
    const handle = fileOf(name).open();
    handle.offset = handle.size;
    open = { name, handle };
    return handle;
  };

  const turn = createTurn();
  const named: <Value>(name: string, work: () => Promise<Value>) => ReturnType<Turn> = (name, work) => {
    if (NAME.test(name)) return turn(work);
    const parts = { who: "file storage", field: "name", expected: "a flat name", received: name };
    return Promise.reject(tidelineError("STORAGE_FAILED", parts));
  };

  return Object.freeze({
    append: (name: string, bytes: Uint8Array) =>
      named(name, async () => {
        const handle = appendable(name);
        if (bytes.length === 0) return;
        try {
          handle.writeBytes(bytes);
        } catch (error) {
          // Where the handle stands after half a write is the platform's secret.
          closeHandle();
          throw error;
        }
      }) as Promise<void>,
    read: (name: string) =>
      named(name, async () =>
        generations.has(name) ? fileOf(name).bytes() : null,
      ) as Promise<Uint8Array | null>,
    write: (name: string, bytes: Uint8Array) =>
      named(name, async () => {
        closeHandle(name);
        const draft = at(DRAFT);
        if (draft.exists) draft.delete();
        draft.create();
        draft.write(bytes);
        const old = generations.get(name);
        draft.rename(`${name}~${(old ?? 0) + 1}`);
        generations.set(name, (old ?? 0) + 1);
        if (old !== undefined) at(`${name}~${old}`).delete();
      }) as Promise<void>,
    remove: (name: string) =>
      named(name, async () => {
        closeHandle(name);
        if (!generations.has(name)) return;
        fileOf(name).delete();
        generations.delete(name);
      }) as Promise<void>,
    list: (prefix: string) =>
      turn(async () => [...generations.keys()].filter((name) => name.startsWith(prefix)).sort()),
    close: () => turn(async () => closeHandle()),
  });
}
