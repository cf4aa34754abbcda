import type { SecureStorage, Storage } from "@tideline/device";

/**
 * The secure storage of a simulated phone: files beside its others, since a folder of this machine has neither a
 * keychain nor backups to keep it out of.
 */
export function secureFile(storage: Storage): SecureStorage {
  const fileOf = (name: string): string => `secure-${name}`;
  return Object.freeze({
    read: (name: string) => storage.read(fileOf(name)),
    write: (name: string, bytes: Uint8Array) => storage.write(fileOf(name), bytes),
    remove: (name: string) => storage.remove(fileOf(name)),
  });
}
