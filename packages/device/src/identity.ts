import { concatBytes, toHex } from "@tideline/spec";
import type { Context } from "./context.ts";
import type { StateFile } from "./state-file.ts";

/** Name of the identity's file. */
export const IDENTITY_FILE = "identity.json";

/** The identity's file. */
export interface IdentityFile {
  readonly format: 1;
  /** Random id of the installation, 32 hexadecimal digits; empty before there is one. */
  readonly install: string;
  readonly epoch: number;
  /** How often this identity was opened: makes prediction ids of different starts differ. */
  readonly starts: number;
  readonly instance: string;
}

/** An identity file before the first start. */
export const NOBODY: IdentityFile = { format: 1, install: "", epoch: 0, starts: 0, instance: "" };

/** Who this phone is to the server. */
export interface Identity extends IdentityFile {
  /** Hexadecimal of the install's secret: whoever shows it is the person whose phone this is. */
  readonly secret: string;
  /** Hexadecimal SHA-256 of the secret's bytes; batches carry it. */
  readonly proof: string;
}

/**
 * Of 1,000 clones of one phone two meet once in two million times (birthday bound over 2^40 steps), and 8,000 restores
 * one after the other stay below the largest safe integer.
 */
const STEP_BYTES = 5;

/** Name of the secret in the secure storage, and its length in bytes. */
const SECRET = "install-secret";
const SECRET_BYTES = 32;

/**
 * Opens the identity. Without a file, and at every start of a minor, there is a new install; with a file that another
 * instance wrote (a restored backup, a clone), or where `damaged` says that sequence numbers may have been lost, there
 * is a new epoch, in which numbers start anew. The step to the new epoch is random, so that two clones of one phone do
 * not meet. An install's secret never leaves the secure storage of the phone that made it: a copy has another one.
 */
export async function openIdentity(
  { ports, restrict }: Context,
  file: StateFile<IdentityFile>,
  damaged: boolean,
): Promise<Identity> {
  const { instance, random, secure, text } = ports;
  const old = restrict?.minor ? NOBODY : file.get();
  const isCopy = damaged || old.instance !== instance;
  const step = isCopy ? 1 + random(STEP_BYTES).reduce((sum, byte) => sum * 256 + byte, 0) : 0;
  const epoch = old.epoch + step;
  // A number that JSON's readers disagree about would be refused: an install that has stepped that far begins anew.
  const isNew = !old.install || !Number.isSafeInteger(epoch);
  const next: IdentityFile = {
    format: 1,
    install: isNew ? toHex(random(16)) : old.install,
    epoch: isNew ? 1 : epoch,
    starts: old.starts + 1,
    instance,
  };
  // The id stands before the secret: a keychain outlives an app that is removed, and its next install is another.
  const owner = text.encode(next.install);
  let kept = await secure.read(SECRET);
  if (kept?.length !== owner.length + SECRET_BYTES || owner.some((byte, index) => kept![index] !== byte)) {
    kept = concatBytes([owner, random(SECRET_BYTES)]);
    await secure.write(SECRET, kept);
  }
  const secret = kept.slice(owner.length);
  await file.change(() => next);
  return { ...next, secret: toHex(secret), proof: toHex(await ports.digest(secret)) };
}
