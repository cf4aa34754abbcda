import { concatBytes, toHex } from "@tideline/spec";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { DevicePorts } from "./ports.ts";

/** Name of the identity's file, and of the value in the secure storage that belongs to it. */
export const IDENTITY_FILE = "identity.json";
export const SECRET = "install-secret";

const SECRET_BYTES = 32;

/** Who this phone is to the server. */
export interface Identity {
  /** Random id of the installation, 32 hexadecimal digits. */
  readonly install: string;
  readonly epoch: number;
  /** How often this identity was opened: makes prediction ids of different starts differ. */
  readonly starts: number;
  /** Hexadecimal of the install's secret: whoever shows it is the person whose phone this is. */
  readonly secret: string;
  /** Hexadecimal SHA-256 of the secret's bytes; batches carry it. */
  readonly proof: string;
}

interface IdentityFile {
  readonly format: 1;
  readonly install: string;
  readonly epoch: number;
  readonly starts: number;
  readonly instance: string;
}

/**
 * Opens the identity. Without a file, and at every start of a person who may have no lasting id (`fresh`), there is
 * a new install; with a file that another instance wrote (a restored backup, a clone), or where `damaged` says that
 * sequence numbers may have been lost, there is a new epoch, in which numbers start anew. The step to the new epoch
 * is random, so that two clones of one phone do not meet. An install's secret never leaves the secure storage of the
 * phone that made it, so that a copy has another one.
 */
export async function openIdentity(
  ports: DevicePorts,
  { damaged, fresh }: { readonly damaged: boolean; readonly fresh: boolean },
): Promise<Identity> {
  const { instance, random, secure, text } = ports;
  const found = await readJsonFile<IdentityFile>(ports, IDENTITY_FILE);
  const old = fresh ? null : found;
  const [a, b] = random(2);
  const step = damaged || old?.instance !== instance ? 1 + a! * 256 + b! : 0;
  const identity = {
    install: old?.install ?? toHex(random(16)),
    epoch: old === null ? 1 : old.epoch + step,
    starts: (old?.starts ?? 0) + 1,
  };
  // The id stands before the secret: a keychain outlives an app that is removed, and its next install is another.
  const owner = text.encode(identity.install);
  let kept = await secure.read(SECRET);
  if (kept?.length !== owner.length + SECRET_BYTES || toHex(kept.slice(0, owner.length)) !== toHex(owner)) {
    kept = concatBytes([owner, random(SECRET_BYTES)]);
    await secure.write(SECRET, kept);
  }
  const secret = kept.slice(owner.length);
  await writeJsonFile(ports, IDENTITY_FILE, { format: 1, ...identity, instance } as IdentityFile);
  return { ...identity, secret: toHex(secret), proof: toHex(await ports.digest(secret)) };
}
