import { randomBytes, randomUUID } from "node:crypto";
import { link, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder, syncPath, writeDurably } from "@tideline/pipeline/catalog";
import { tidelineError } from "@tideline/spec";

/** Secrets of a folder. They stay in its `keys` and are never logged. */
export interface FolderSecrets {
  /** Lets a phone write events and ask the endpoint. */
  readonly writeKey: string;
  /** Turns people into pseudonyms; without it nobody can go back. */
  readonly pseudonymKey: Uint8Array;
}

/** The secrets of a file, or null where there is none. */
async function readSecrets(path: string): Promise<FolderSecrets | null> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw cause;
  });
  if (text === null) return null;
  try {
    const stored = JSON.parse(text) as { writeKey: string; pseudonymKey: string };
    return { writeKey: stored.writeKey, pseudonymKey: Buffer.from(stored.pseudonymKey, "base64") };
  } catch (cause) {
    const remedy = "Restore it from a backup: without it people get new pseudonyms.";
    throw tidelineError("DATA_MALFORMED", { who: path, expected: "JSON with two keys", remedy, cause });
  }
}

/** Makes secrets at random, unless another process of the folder was first. */
async function createSecrets(path: string): Promise<void> {
  const stored = {
    writeKey: `wk_${randomBytes(24).toString("base64url")}`,
    pseudonymKey: randomBytes(32).toString("base64"),
  };
  await makeFolder(dirname(path));
  const own = `${path}.${randomUUID()}`;
  await writeDurably(own, JSON.stringify(stored));
  try {
    // Unlike a rename, a link fails where the name is taken: of several that start at once one makes the keys of all.
    await link(own, path);
    await syncPath(dirname(path));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  } finally {
    await rm(own);
  }
}

/** The secrets of a folder, made at random when there are none yet; readable by its owner alone. */
export async function folderSecrets(folder: string): Promise<FolderSecrets> {
  const path = join(folder, "keys", "secret.json");
  const there = await readSecrets(path);
  if (there !== null) return there;
  await createSecrets(path);
  return (await readSecrets(path))!;
}
