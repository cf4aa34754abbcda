import { toHex } from "@tideline/spec";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { DevicePorts } from "./ports.ts";

const FILE = "identity.json";

/** Who this phone is to the server. */
export interface Identity {
  /** Random id of the installation, 32 hexadecimal digits. */
  readonly install: string;
  readonly epoch: number;
  /** How often this identity was opened: makes prediction ids of different starts differ. */
  readonly starts: number;
}

interface IdentityFile extends Identity {
  readonly format: 1;
  readonly instance: string;
}

/**
 * Opens the identity. Without a file there is a new install; with one that another instance wrote (a restored
 * backup, a clone), or where `damaged` says that sequence numbers may have been lost, there is a new epoch, in
 * which numbers start anew. The step to the new epoch is random, so that two clones of one phone do not meet.
 */
export async function openIdentity(ports: DevicePorts, damaged: boolean): Promise<Identity> {
  const old = await readJsonFile<IdentityFile>(ports, FILE);
  const copied = damaged || old?.instance !== ports.instance;
  const [a, b] = ports.random(2);
  const step = copied ? 1 + a! * 256 + b! : 0;
  const identity: Identity =
    old === null
      ? { install: toHex(ports.random(16)), epoch: 1, starts: 1 }
      : { install: old.install, epoch: old.epoch + step, starts: old.starts + 1 };
  await writeJsonFile(ports, FILE, { format: 1, ...identity, instance: ports.instance } as IdentityFile);
  return Object.freeze(identity);
}
