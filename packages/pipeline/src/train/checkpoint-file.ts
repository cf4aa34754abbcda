import { createHash } from "node:crypto";
import { readdir, readFile, readlink, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { CheckpointStore } from "@tideline/learn/net";
import { tidelineError } from "@tideline/spec";
import { makeFolder, writeDurably } from "../catalog/durable-write.ts";
import { lock } from "../catalog/owner.ts";

/** A checkpoint in a file that this process alone may use until it is released. */
export interface CheckpointFile extends CheckpointStore {
  /** Gives the file back. A process that dies needs no release: the operating system frees the lock. */
  release(): void;
}

/** SHA-256 of what stands before it, at the end of the file. */
const DIGEST = 32;

const digestOf = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Files that this process uses: a second lock within it would drop the first (fcntl(2)). */
const used = new Set<string>();

/**
 * Where `trainNet` keeps a run on a disk: one file, replaced whole by each write, synchronised with its folder so that it
 * survives a power cut, and with a SHA-256 at its end. Beside it lies `<name>.lock`, by which two runs never share it.
 *
 * @param path of the file; its folder is made where there is none.
 * @throws ARGUMENT_INVALID for a folder; FOLDER_OWNED when this or another process uses it. `read` throws ARTIFACT_CORRUPT for a file that was
 *   changed, `write` DISK_FULL or FSYNC_FAILED, and both FENCED after the release.
 * @example
 * const checkpoint = await openCheckpointFile("./runs/gestures.checkpoint");
 * try {
 *   const fitted = await trainNet(net, rows, { ...options, checkpoint, checkpointEvery: 100 });
 * } finally {
 *   checkpoint.release();
 * }
 */
export async function openCheckpointFile(path: string): Promise<CheckpointFile> {
  const file = await realFile(path);
  if (
    await stat(file).then(
      (found) => found.isDirectory(),
      () => false,
    )
  )
    throw tidelineError("ARGUMENT_INVALID", {
      who: "openCheckpointFile",
      field: "path",
      expected: "a file",
      received: `the folder "${path}"`,
    });
  const held = used.has(file) ? "busy" : lock(`${file}.lock`);
  if (held === "busy")
    throw tidelineError("FOLDER_OWNED", {
      who: "openCheckpointFile",
      field: path,
      expected: "a file that no other run uses",
      received: used.has(file) ? "one that this process uses" : "one that another process uses",
      remedy: "Wait for the other run, stop it, or give this one a file of its own.",
    });
  used.add(file);
  await removeHalfWritten(file);
  const { database } = held;
  const assertHeld = (): void => {
    if (database.isOpen) return;
    throw tidelineError("FENCED", {
      who: path,
      expected: "the lock of the file",
      received: "one given back",
    });
  };
  return Object.freeze({
    async read() {
      assertHeld();
      const whole = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return undefined;
        throw cause;
      });
      if (whole === undefined) return undefined;
      const bytes = Uint8Array.from(whole.subarray(0, Math.max(0, whole.length - DIGEST)));
      if (whole.length >= DIGEST && Buffer.compare(digestOf(bytes), whole.subarray(bytes.length)) === 0)
        return bytes;
      throw tidelineError("ARTIFACT_CORRUPT", {
        who: path,
        expected: "bytes as they were written",
        received: `${whole.length} bytes with another SHA-256`,
        remedy: "Remove it to begin the run anew.",
      });
    },
    async write(bytes: Uint8Array) {
      assertHeld();
      await writeDurably(file, Buffer.concat([bytes, digestOf(bytes)]));
    },
    release() {
      if (!database.isOpen) return;
      database.close();
      used.delete(file);
    },
  });
}

/** A file's own name behind all links, also where it is not there yet: two names of one file must share one lock. */
async function realFile(path: string, links = 40): Promise<string> {
  const folder = dirname(resolve(path));
  await makeFolder(folder);
  const named = join(await realpath(folder), basename(resolve(path)));
  const target = await readlink(named).catch(() => undefined);
  if (target === undefined) return named;
  if (links > 0) return realFile(resolve(dirname(named), target), links - 1);
  throw tidelineError("ARGUMENT_INVALID", {
    who: "openCheckpointFile",
    field: "path",
    expected: "a file, or a link that ends in one",
    received: `links that lead in a circle from "${path}"`,
  });
}

/** A temporary file of `writeDurably`, behind the name of the file that it was to become. */
const HALF_WRITTEN = /^\.[0-9a-f-]{36}\.tmp$/;

/** Removes what runs that were killed amid a write left beside the file; whoever has its lock is alone. */
async function removeHalfWritten(file: string): Promise<void> {
  const [folder, start] = [dirname(file), `.${basename(file)}`];
  for (const name of await readdir(folder).catch(() => []))
    if (name.startsWith(start) && HALF_WRITTEN.test(name.slice(start.length)))
      await rm(join(folder, name), { force: true }).catch(() => {});
}
