import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ROOT_TYPE,
  fromBase64,
  isTidelineError,
  messageOf,
  tidelineError,
  verifyRoots,
  type Envelope,
  type RootMetadata,
} from "@tideline/spec";
import { writeDurably } from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import { nodeText } from "../ingest/node-text.ts";
import { createKeyFile, makeKeyFolder, readKeyFile, refuseOthers } from "./key-file.ts";
import { releasePorts } from "./release-port.ts";
import { signEnvelope, type SigningKey } from "./sign.ts";

/** How long a root is valid, in milliseconds: TUF's usual year (specification 1.0, section 5.3 leaves it open). */
export const ROOT_VALID_FOR = 365 * 86_400_000;

/** The keys of a folder, with the public history of roots that phones follow. */
export interface KeyRing {
  /** Folder of the keys. */
  readonly folder: string;
  /** The newest root. */
  readonly root: RootMetadata;
  /** Every root, signed, oldest first: what `GET /v1/root` answers. */
  readonly chain: readonly Envelope[];
  /** Null where its private half is kept elsewhere, as it should be in production. */
  readonly rootKey: SigningKey | null;
  readonly releaseKey: SigningKey;
}

interface RootFile {
  readonly format: 1;
  readonly chain: readonly Envelope[];
}

function rootMetadata(
  rootKey: SigningKey,
  releaseKey: SigningKey,
  version: number,
  { now, development }: { now: number; development: boolean },
): RootMetadata {
  const role = (key: SigningKey) => Object.freeze({ keys: Object.freeze([key.id]), threshold: 1 });
  return Object.freeze({
    type: "root",
    format: 1,
    version,
    expires: now + ROOT_VALID_FOR,
    development,
    keys: Object.freeze({ [rootKey.id]: rootKey.public, [releaseKey.id]: releaseKey.public }),
    roles: Object.freeze({ root: role(rootKey), release: role(releaseKey) }),
  });
}

const rootPath = (folder: string): string => join(folder, "root.json");

async function readChain(folder: string): Promise<readonly Envelope[] | undefined> {
  const path = rootPath(folder);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const file = JSON.parse(text) as RootFile;
    if (file.format === 1 && file.chain.length > 0) return file.chain;
  } catch (cause) {
    throw tidelineError("FOLDER_INVALID", {
      who: path,
      expected: "roots as JSON",
      received: messageOf(cause),
      cause,
    });
  }
  throw tidelineError("FOLDER_INVALID", {
    who: path,
    expected: "roots of format 1",
    received: "other content",
  });
}

async function writeChain(folder: string, chain: readonly Envelope[]): Promise<void> {
  crashPoint("release.root.before_write");
  await writeDurably(rootPath(folder), `${JSON.stringify({ format: 1, chain } satisfies RootFile)}\n`);
  crashPoint("release.root.after_write");
}

/** The metadata of a root's envelope, not verified. */
function payloadOf(envelope: Envelope): RootMetadata {
  return JSON.parse(nodeText.decode(fromBase64(envelope.payload))) as RootMetadata;
}

/** The newest root of a chain in which each root, the first included, is signed as it says. */
async function verifyChain(chain: readonly Envelope[]): Promise<RootMetadata> {
  const first = payloadOf(chain[0]!);
  // As if the first root followed itself, since a root that is trusted already is passed over.
  return verifyRoots({ ...first, version: first.version - 1 }, chain, releasePorts);
}

/** How new keys are made. */
export interface CreateKeysOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** True marks the root as one for trying out: production phones refuse whatever it signs. */
  readonly development: boolean;
  /** Folder for the root's private key, such as a disk that is then taken away; the keys' own folder by default. */
  readonly rootKeyFolder?: string;
}

/**
 * Makes the keys of a folder. The folder gets mode 0700 and each private key (PKCS #8 in PEM) mode 0600. Which keys
 * count says `root.json`, which is written last: keys of an interrupted start are left unused.
 *
 * @throws FOLDER_INVALID when the folder has keys already, or others may read it.
 */
export async function createKeys(folder: string, options: CreateKeysOptions): Promise<KeyRing> {
  const { rootKeyFolder = folder } = options;
  for (const place of new Set([folder, rootKeyFolder])) await makeKeyFolder(place);
  if ((await readChain(folder)) !== undefined) {
    throw tidelineError("FOLDER_INVALID", {
      who: folder,
      expected: "a folder without keys",
      received: "one whose keys phones may already trust",
      remedy: "Rotate them instead: phones follow a rotation, and no new root.",
    });
  }
  const rootKey = await createKeyFile(rootKeyFolder);
  const releaseKey = await createKeyFile(folder);
  const root = rootMetadata(rootKey, releaseKey, 1, options);
  const chain = Object.freeze([signEnvelope(ROOT_TYPE, root, [rootKey])]);
  await writeChain(folder, chain);
  return Object.freeze({ folder, root, chain, rootKey, releaseKey });
}

/** The root key of a folder, or null where its file is elsewhere. */
async function rootKeyOf(folder: string, { roles }: RootMetadata): Promise<SigningKey | null> {
  return readKeyFile(folder, roles.root.keys[0]!).catch((error: unknown) => {
    if (isTidelineError(error, "NOT_FOUND")) return null;
    throw error;
  });
}

/**
 * The keys of a folder; where there are none yet, development keys are made, which production phones refuse.
 *
 * @param folder such as `<folder>/keys`; created.
 * @throws FOLDER_INVALID when others may read the keys or the roots do not verify, NOT_FOUND when the release key is
 *   missing.
 *
 * @example
 * const keys = await openKeys(join(folder, "keys"), { now: clock() });
 * const pinned = keys.root;
 */
export async function openKeys(folder: string, { now }: { readonly now: number }): Promise<KeyRing> {
  await makeKeyFolder(folder);
  await refuseOthers(folder);
  const chain = await readChain(folder);
  if (chain === undefined) return createKeys(folder, { now, development: true });
  const root = await verifyChain(chain).catch((cause: unknown) => {
    throw tidelineError("FOLDER_INVALID", {
      who: rootPath(folder),
      expected: "roots that sign one another",
      received: messageOf(cause),
      cause,
    });
  });
  const [rootKey, releaseKey] = await Promise.all([
    rootKeyOf(folder, root),
    readKeyFile(folder, root.roles.release.keys[0]!),
  ]);
  return Object.freeze({ folder, root, chain, rootKey, releaseKey });
}

/** How keys are rotated. */
export interface RotateOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Folder with the root's private key, where a new one goes too; the keys' own folder by default. */
  readonly rootKeyFolder?: string;
}

/** The root key that is to sign. @throws NOT_FOUND */
async function signingRootKey(keys: KeyRing, { rootKeyFolder }: RotateOptions): Promise<SigningKey> {
  if (rootKeyFolder === undefined && keys.rootKey !== null) return keys.rootKey;
  return readKeyFile(rootKeyFolder ?? keys.folder, keys.root.roles.root.keys[0]!);
}

/** The next root over given keys, signed by the root key before it and by its own, and written. */
async function succeed(
  keys: KeyRing,
  [before, rootKey]: readonly [before: SigningKey, after: SigningKey],
  releaseKey: SigningKey,
  now: number,
): Promise<KeyRing> {
  const { folder, root } = keys;
  const next = rootMetadata(rootKey, releaseKey, root.version + 1, { now, development: root.development });
  const signers = before === rootKey ? [rootKey] : [before, rootKey];
  const chain = Object.freeze([...keys.chain, signEnvelope(ROOT_TYPE, next, signers)]);
  await writeChain(folder, chain);
  return Object.freeze({ folder, root: next, chain, rootKey, releaseKey });
}

/**
 * Replaces the release key: a root of the next version names a new one. What the old key signed is refused by every
 * phone that has followed, so the current release is to be signed again. The root's validity starts anew.
 *
 * @throws NOT_FOUND without the root's private key.
 */
export async function rotateReleaseKey(keys: KeyRing, options: RotateOptions): Promise<KeyRing> {
  const rootKey = await signingRootKey(keys, options);
  return succeed(keys, [rootKey, rootKey], await createKeyFile(keys.folder), options.now);
}

/**
 * Replaces the root key: the next root is signed by the old root key and by the new one (TUF, section 5.3.4).
 *
 * @throws NOT_FOUND without the root's private key.
 */
export async function rotateRootKey(keys: KeyRing, options: RotateOptions): Promise<KeyRing> {
  const before = await signingRootKey(keys, options);
  const after = await createKeyFile(options.rootKeyFolder ?? keys.folder);
  return succeed(keys, [before, after], keys.releaseKey, options.now);
}

/**
 * Makes the root valid for another year, under the same keys.
 *
 * @throws NOT_FOUND without the root's private key.
 */
export async function renewRoot(keys: KeyRing, options: RotateOptions): Promise<KeyRing> {
  const rootKey = await signingRootKey(keys, options);
  return succeed(keys, [rootKey, rootKey], keys.releaseKey, options.now);
}
