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

/** An install with what proves that it is this phone's. */
export interface Owner {
  readonly install: string;
  /** Hexadecimal of the install's secret: whoever shows it is the person whose phone this is. */
  readonly secret: string;
}

/** Who this phone is to the server. */
export interface Identity extends IdentityFile, Owner {
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
 * Opens the identity: an install is one secret. Without a file, at every start of a minor, and where the file's secret
 * is gone or is another's (a backup restored elsewhere, a clone), there is a new install. Where the secret came along
 * with a file that another instance wrote, or where `damaged` says that sequence numbers may have been lost, the install
 * goes on in a new epoch, in which numbers start anew; the step to it is random, so that two clones do not meet.
 */
export async function openIdentity(
  { ports, restrict }: Context,
  file: StateFile<IdentityFile>,
  damaged: boolean,
): Promise<Identity> {
  const { instance, random, secure, text } = ports;
  const old = file.get();
  let { install, starts } = old;
  const isCopy = damaged || old.instance !== instance;
  const step = isCopy ? 1 + random(STEP_BYTES).reduce((sum, byte) => sum * 256 + byte, 0) : 0;
  let epoch = old.epoch + step;
  // The id stands before the secret: a keychain outlives an app that is removed, and its next install is another.
  let owner = text.encode(install);
  let kept = await secure.read(SECRET);
  if (
    !install ||
    restrict?.minor ||
    kept?.length !== owner.length + SECRET_BYTES ||
    owner.some((byte, index) => kept![index] !== byte) ||
    // A number that JSON's readers disagree about would be refused: an install that has stepped that far begins anew.
    !Number.isSafeInteger(epoch)
  ) {
    install = toHex(random(16));
    epoch = 1;
    starts = 0;
    owner = text.encode(install);
    kept = concatBytes([owner, random(SECRET_BYTES)]);
    await secure.write(SECRET, kept);
  }
  const secret = kept.slice(owner.length);
  const next: IdentityFile = { format: 1, install, epoch, starts: starts + 1, instance };
  await file.change(() => next);
  return { ...next, secret: toHex(secret), proof: toHex(await ports.digest(secret)) };
}
