import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeDurably } from "@tideline/pipeline";
import { tidelineError } from "@tideline/spec";

/** Secrets of a folder. They stay in its `keys` and are never logged. */
export interface FolderSecrets {
  /** Lets a phone write events and ask the endpoint. */
  readonly writeKey: string;
  /** Turns people into pseudonyms; without it nobody can go back. */
  readonly pseudonymKey: Uint8Array;
}

/** The secrets of a folder, made at random when there are none yet; readable by its owner alone. */
export async function folderSecrets(folder: string): Promise<FolderSecrets> {
  const path = join(folder, "keys", "secret.json");
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw cause;
  });
  if (text !== null) {
    try {
      const stored = JSON.parse(text) as { writeKey: string; pseudonymKey: string };
      return { writeKey: stored.writeKey, pseudonymKey: Buffer.from(stored.pseudonymKey, "base64") };
    } catch (cause) {
      const remedy = "Restore it from a backup: without it people get new pseudonyms.";
      throw tidelineError("DATA_MALFORMED", { who: path, expected: "JSON with two keys", remedy, cause });
    }
  }
  const secrets = { writeKey: `wk_${randomBytes(24).toString("base64url")}`, pseudonymKey: randomBytes(32) };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const stored = { writeKey: secrets.writeKey, pseudonymKey: secrets.pseudonymKey.toString("base64") };
  await writeDurably(path, JSON.stringify(stored));
  return secrets;
}
