import { createHash } from "node:crypto";
import { readFile, realpath, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { storageError } from "@tideline/pipeline/catalog";
import { isInsidePath, messageOf, tidelineError } from "@tideline/spec";
import { textIfThere } from "./generated-file.ts";

/** Files of an earlier export that the newest one does not have. */
export interface EarlierExport {
  /** As they were written: nobody would miss them. */
  readonly stale: readonly string[];
  /** Changed by somebody since: they stay. */
  readonly foreign: readonly string[];
}

/** A file that a manifest names, and how bytes show that they are what was written. */
interface NamedFile {
  readonly path: string;
  readonly isOwn: (bytes: Buffer) => boolean;
}

/** A file whose digest a manifest gives. */
interface DigestedFile {
  readonly path: string;
  readonly sha256: string;
}

const hasDigest =
  (sha256: string) =>
  (bytes: Buffer): boolean =>
    createHash("sha256").update(bytes).digest("hex") === sha256;

/** Files that a manifest of `tideline export --format` names; none of a file that is something else, or damaged. */
function namedFiles(text: string | null): readonly NamedFile[] {
  try {
    const manifest: unknown = JSON.parse(text ?? "");
    const { format, kind, variants, vectors, requiredOperators } = manifest as {
      readonly format: unknown;
      readonly kind: unknown;
      readonly variants: readonly { readonly files: readonly DigestedFile[] }[];
      readonly vectors?: string;
      readonly requiredOperators?: string;
    };
    if (format !== 1 || kind !== "device-package") return [];
    const all: NamedFile[] = variants.flatMap(({ files }) =>
      files.map(({ path, sha256 }) => ({ path, isOwn: hasDigest(sha256) })),
    );
    if (vectors !== undefined) all.push({ path: vectors, isOwn: areVectors });
    if (requiredOperators !== undefined) all.push({ path: requiredOperators, isOwn: areOperators });
    return all.filter(({ path }) => typeof path === "string" && isInsidePath(path));
  } catch {
    return [];
  }
}

/** Whether rows of a self-test are what a file holds. */
function areVectors(bytes: Buffer): boolean {
  try {
    return (
      (JSON.parse(bytes.toString("utf8")) as { readonly kind?: unknown } | null)?.kind === "source-vectors"
    );
  } catch {
    return false;
  }
}

/** Whether the lines of a reduced build are all that a file holds: neither comments nor anything else that a person would add. */
const areOperators = (bytes: Buffer): boolean =>
  /^(?:!globally_allowed_types;[\w:,]+\n)?(?:[\w.-]+;\d+;[\w,]+\n)+$/u.test(bytes.toString("utf8"));

/** Bytes of a file to which no link leads; null where there is none. */
async function ownBytes(folder: string, path: string): Promise<Buffer | null> {
  try {
    const whole = join(folder, path);
    if ((await realpath(whole)) !== join(await realpath(folder), path)) return null;
    return await readFile(whole);
  } catch {
    return null;
  }
}

/**
 * Files that an earlier export wrote into a folder, as its manifest there says, and that are not among the new ones: a kind that the
 * model no longer comes in would leave its file, which then looks current.
 */
export async function earlierExport(
  folder: string,
  manifest: string,
  names: readonly string[],
): Promise<EarlierExport> {
  const stale: string[] = [];
  const foreign: string[] = [];
  for (const { path, isOwn } of namedFiles(await textIfThere(join(folder, manifest)))) {
    if (names.includes(path) || path === manifest) continue;
    const bytes = await ownBytes(folder, path);
    if (bytes === null) continue;
    (isOwn(bytes) ? stale : foreign).push(path);
  }
  return { stale, foreign };
}

/** Removes files of a folder, and the folders in it that become empty by that. @throws `ARGUMENT_INVALID` */
export async function removeFiles(who: string, folder: string, paths: readonly string[]): Promise<void> {
  try {
    for (const path of paths) {
      await rm(join(folder, path), { force: true });
      for (let above = dirname(path); above !== "."; above = dirname(above)) {
        // One that is not empty stays, and all above it.
        const isGone = await rmdir(join(folder, above)).then(
          () => true,
          () => false,
        );
        if (!isGone) break;
      }
    }
  } catch (cause) {
    const stored = storageError(cause, folder);
    if (stored !== cause) throw stored;
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "--out",
      expected: "a folder whose files of an earlier export can be removed",
      received: `${folder}: ${messageOf(cause)}`,
      cause,
    });
  }
}
