import { rmSync, statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "@tideline/spec";
import { tidelineError } from "@tideline/spec";
import { makeFolder, writeDurably } from "./durable-write.ts";
import type { FolderLayout } from "./folder.ts";
import { checkFolder, createLayout, folderLayout } from "./folder.ts";
import type { OwnerAddresses, OwnerFile } from "./owner-file.ts";
import { readOwnerFile } from "./owner-file.ts";
import { checkRegionTarget, checkStamp, folderRegion } from "./region.ts";

/** What a process that owns a folder holds. */
export interface Owner {
  /** Fencing epoch: greater than that of every owner before. */
  readonly epoch: number;
  readonly layout: FolderLayout;
  /** The region that the folder was stamped with; null for one without. */
  readonly region: string | null;
  /** Tells the CLI where the owner listens and with which token. */
  announce(where: OwnerAddresses & { readonly token: string }): Promise<void>;
  /** @throws `FENCED` where the folder was taken from this process; call it before every commit. */
  assertEpoch(): void;
  /** Gives the folder back. A process that dies needs no release: the operating system frees the lock. */
  release(): void;
}

/** SQLITE_BUSY: another process holds the lock (https://www.sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5;

/** Whether an error says that another connection holds the lock. */
function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: number } | null)?.errcode;
  return code !== undefined && (code & 0xff) === SQLITE_BUSY;
}

/**
 * Takes the lock and counts the epoch up in one committed transaction. The connection then keeps the file's
 * exclusive lock (https://www.sqlite.org/pragma.html#pragma_locking_mode) until it is closed or the process dies.
 * Nothing else in the process may open the file: closing any descriptor of it would drop the lock (fcntl(2)).
 *
 * @param path the lock's file; it is created where there is none
 * @returns the open connection and an epoch greater than every one before, or "busy" while another process holds it
 */
export function lock(path: string): { database: DatabaseSync; epoch: number } | "busy" {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("pragma locking_mode = exclusive; pragma synchronous = full;");
    // Without patience: of two that start at once one gets the reservation, and the other must let go of its shared
    // lock for the first one to go on.
    database.exec("begin immediate");
    database.exec("pragma busy_timeout = 5000");
    database.exec(
      "create table if not exists owner (id integer primary key check (id = 1), epoch integer not null)",
    );
    const row = database
      .prepare(
        "insert into owner values (1, 1) on conflict (id) do update set epoch = epoch + 1 returning epoch",
      )
      .get() as { epoch: number };
    database.exec("commit");
    return { database, epoch: row.epoch };
  } catch (error) {
    database.close();
    if (isBusy(error)) return "busy";
    throw error;
  }
}

/**
 * Refuses a folder that is not ours, or that is of another region or would lie in its place, before anything is written.
 *
 * @throws `FOLDER_INVALID`, `RESIDENCY_MISMATCH`
 */
export async function checkPlace(root: string, region: string | null): Promise<"empty" | "ours"> {
  const found = await checkFolder(root);
  if (found === "ours") checkStamp(root, region, await folderRegion(root));
  await checkRegionTarget(root, region, `folder ${root}`);
  return found;
}

/** The error of a folder that another process owns. */
function owned(root: string, command: string, other: OwnerFile | null) {
  const where = other?.addresses.console ?? other?.addresses.collect;
  const who = other === null ? "a process that is starting" : `process ${other.pid} (${other.command})`;
  return tidelineError("FOLDER_OWNED", {
    who: command,
    field: `folder ${root}`,
    expected: "a folder that no other process owns",
    received: `${who}${where == null ? "" : ` at ${where}`}`,
    remedy: `${where == null ? "Wait for it" : `Use the one at ${where}`}, stop it${
      other === null ? "" : ` (kill ${other.pid})`
    }, or pass another folder.`,
  });
}

/**
 * Makes this process the one owner of a folder, which is created where there is none.
 *
 * @param options.region stamps a new folder, and refuses one of another region; left out, any folder will do
 * @throws `FOLDER_OWNED` naming the process that owns it, `FOLDER_INVALID` for a folder that is not ours,
 * `RESIDENCY_MISMATCH`
 * @example
 * const owner = await ownFolder("./gym", { command: "tideline start", clock: Date.now });
 * await owner.announce({ console: "http://127.0.0.1:4600", collect: null, token });
 */
export async function ownFolder(
  root: string,
  options: { command: string; clock?: Clock; region?: string | null },
): Promise<Owner> {
  const { region = null } = options;
  await checkPlace(root, region);
  await makeFolder(root);
  const paths = folderLayout(root);
  const held = lock(paths.ownerLock);
  if (held === "busy") throw owned(root, options.command, await readOwnerFile(paths.owner));
  const { database, epoch } = held;
  const inode = statSync(paths.ownerLock).ino;
  const file: OwnerFile = {
    format: 1,
    pid: process.pid,
    epoch,
    command: options.command,
    started: (options.clock ?? Date.now)(),
    addresses: { console: null, collect: null },
    token: null,
  };
  const write = (content: OwnerFile) => writeDurably(paths.owner, `${JSON.stringify(content, null, 2)}\n`);
  const assertEpoch = () => {
    const current = statSync(paths.ownerLock, { throwIfNoEntry: false });
    const mine = database.isOpen && current?.ino === inode;
    if (mine) return;
    const remedy = "Stop this process; the folder has another owner.";
    const received = database.isOpen ? "a lock that was replaced" : "a lock that was given back";
    throw tidelineError("FENCED", {
      who: `folder ${root}`,
      expected: `the lock of epoch ${epoch}`,
      received,
      remedy,
    });
  };
  let stamped: string | null;
  try {
    await write(file);
    await createLayout(root, region);
    checkStamp(root, region, (stamped = await folderRegion(root)));
    await removeLeftovers(paths.temporary);
  } catch (error) {
    database.close();
    throw error;
  }
  return Object.freeze({
    epoch,
    layout: paths,
    region: stamped,
    announce: ({ token, ...addresses }: OwnerAddresses & { token: string }) =>
      write({ ...file, addresses, token }),
    assertEpoch,
    release: () => {
      if (!database.isOpen) return;
      if (statSync(paths.ownerLock, { throwIfNoEntry: false })?.ino === inode)
        rmSync(paths.owner, { force: true });
      database.close();
    },
  });
}

/** Empties the temporary folder: whoever wrote there is dead. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

/**
 * The living owner of a folder, or null. Addresses and token are null for the moments in which it starts.
 *
 * @throws `FOLDER_INVALID` for a folder that is not ours.
 */
export async function readOwner(root: string): Promise<OwnerFile | null> {
  const paths = folderLayout(root);
  if ((await checkFolder(root)) === "empty") return null;
  if (statSync(paths.ownerLock, { throwIfNoEntry: false }) === undefined) return null;
  const database = new DatabaseSync(paths.ownerLock, { readOnly: true, timeout: 0 });
  try {
    database.prepare("select count(*) from sqlite_schema").get();
    return null;
  } catch (error) {
    if (!isBusy(error)) throw error;
    return await readOwnerFile(paths.owner);
  } finally {
    database.close();
  }
}
