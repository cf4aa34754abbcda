import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tidelineError, type ArtifactReference } from "@tideline/spec";
import { makeFolder, writeDurably } from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import { sha256Hex } from "./release-port.ts";

/** Files named by the SHA-256 of their bytes. */
export interface ArtifactStore {
  /** Stores bytes durably; bytes that are there already are checked, and written again when they are damaged. */
  put(bytes: Uint8Array): Promise<ArtifactReference>;
  /**
   * Bytes of an address, checked against it.
   *
   * @throws NOT_FOUND, ARTIFACT_CORRUPT.
   */
  read(sha256: string): Promise<Uint8Array>;
  has(sha256: string): Promise<boolean>;
}

/** Whether a text can be a content address, and so is safe as a file's name. */
export function isContentAddress(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * Opens the artifacts of a folder, such as `<folder>/artifact`; created.
 *
 * @example
 * const artifacts = await openArtifacts(folderLayout(root).artifact);
 * const { sha256 } = await artifacts.put(bytes);
 */
export async function openArtifacts(folder: string): Promise<ArtifactStore> {
  await makeFolder(folder);

  const read = async (sha256: string): Promise<Uint8Array> => {
    const missing = tidelineError("NOT_FOUND", {
      who: "artifacts",
      field: sha256,
      received: "no such artifact",
    });
    if (!isContentAddress(sha256)) throw missing;
    const bytes = await readFile(join(folder, sha256)).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? missing : error;
    });
    const received = sha256Hex(bytes);
    if (received === sha256) return new Uint8Array(bytes);
    throw tidelineError("ARTIFACT_CORRUPT", {
      who: `artifact ${join(folder, sha256)}`,
      expected: "the bytes that its name is the hash of",
      received: `bytes with hash ${received}`,
      remedy: "Restore it from a backup, or make the release again.",
    });
  };

  const has = (sha256: string): Promise<boolean> =>
    isContentAddress(sha256)
      ? access(join(folder, sha256)).then(
          () => true,
          () => false,
        )
      : Promise.resolve(false);

  const put = async (bytes: Uint8Array): Promise<ArtifactReference> => {
    const reference = Object.freeze({ sha256: sha256Hex(bytes), bytes: bytes.length });
    const stands = await read(reference.sha256).then(
      () => true,
      () => false,
    );
    if (!stands) {
      crashPoint("release.artifact.before_write");
      await writeDurably(join(folder, reference.sha256), bytes);
      crashPoint("release.artifact.after_write");
    }
    return reference;
  };

  return Object.freeze({ put, read, has });
}
