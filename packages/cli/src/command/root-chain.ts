import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { releasePorts } from "@tideline/pipeline";
import {
  canonicalJson,
  fromBase64,
  tidelineError,
  verifyRoots,
  type Envelope,
  type RootMetadata,
} from "@tideline/spec";

/**
 * The roots of a folder, oldest first, each signed by the one before it and by itself. Only what phones may see is
 * read, no private key.
 *
 * @throws `NOT_FOUND`, `RELEASE_MALFORMED`, `RELEASE_SIGNATURE_INVALID`
 */
export async function readRootChain(folder: string): Promise<readonly RootMetadata[]> {
  const path = join(folder, "keys", "root.json");
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw tidelineError("NOT_FOUND", { who: path, expected: "the roots that phones trust", cause });
  });
  let chain: readonly Envelope[];
  let first: RootMetadata;
  try {
    chain = (JSON.parse(text) as { chain: readonly Envelope[] }).chain;
    first = JSON.parse(releasePorts.text.decode(fromBase64(chain[0]!.payload))) as RootMetadata;
  } catch (cause) {
    const received = "other content";
    throw tidelineError("RELEASE_MALFORMED", { who: path, expected: "roots as JSON", received, cause });
  }
  // The first root is held against itself: as the successor of one that names the same keys.
  let trusted: RootMetadata = { ...first, version: first.version - 1 };
  const roots: RootMetadata[] = [];
  for (const envelope of chain) {
    trusted = await verifyRoots(trusted, [envelope], releasePorts);
    roots.push(trusted);
  }
  return roots;
}

/**
 * Holds a folder's roots against the one that apps pin: it must be one of them, to the letter, or phones do not follow.
 *
 * @throws `DATA_NOT_FOUND`, `RELEASE_MALFORMED`, `RELEASE_SIGNATURE_INVALID`
 */
export async function requirePinned(roots: readonly RootMetadata[], file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw tidelineError("DATA_NOT_FOUND", { who: "--root", field: file, expected: "a pinned root", cause });
  });
  let pinned: unknown;
  try {
    pinned = JSON.parse(text);
  } catch (cause) {
    throw tidelineError("RELEASE_MALFORMED", { who: "--root", field: file, expected: "JSON", cause });
  }
  const wanted = canonicalJson(pinned);
  if (roots.some((root) => canonicalJson(root) === wanted)) return;
  throw tidelineError("RELEASE_SIGNATURE_INVALID", {
    who: "roots",
    expected: `the root of ${file} among the folder's`,
    received: `${roots.length} others`,
    remedy: "Phones with that root take nothing from this folder.",
  });
}
