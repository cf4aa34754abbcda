import type { SecureStorage } from "@tideline/device";
import { fromBase64, tidelineError, toBase64 } from "@tideline/spec";

/** The part of the module `expo-secure-store` that the adapter uses. */
export interface ExpoSecureStore {
  readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: number;
  getItemAsync(key: string, options?: { keychainAccessible?: number }): Promise<string | null>;
  setItemAsync(key: string, value: string, options?: { keychainAccessible?: number }): Promise<void>;
  deleteItemAsync(key: string, options?: { keychainAccessible?: number }): Promise<void>;
}

/**
 * Secrets in the keychain of iOS, readable in the background after the first unlock and bound to this device (neither
 * backups nor a new phone carry them; a reinstalled app finds them again), and in preferences of Android that a key of
 * its keystore encrypts (the key stays on the device, so a copy cannot be read and counts as none). A keychain that
 * cannot be read yet rejects: it is never taken for an empty one. Never run on a phone.
 *
 * What an older version of this package wrote, under keys without a scope, moves to its key with one when it is read.
 *
 * @param scope begins the keys: apps of one Apple team, and projects in Expo Go, may share a keychain, and each would
 *   take the other's secret for that of a clone.
 * @throws `ARGUMENT_INVALID` for a scope that is no key
 */
export function expoSecureStorage(store: ExpoSecureStore, scope: string): SecureStorage {
  // An app in JavaScript may forget it, and "undefined" is made of letters.
  if (typeof scope !== "string" || !/^[\w.-]{1,128}$/.test(scope)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "secure storage",
      field: "scope",
      expected: "letters, digits, dots and hyphens, such as the app's bundle identifier",
      received: JSON.stringify(scope) ?? "nothing",
    });
  }
  const options = { keychainAccessible: store.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY };
  const keyOf = (name: string): string => `tideline.${scope}.${name}`;
  const formerKeyOf = (name: string): string => `tideline.${name}`;
  /** Names of which nothing stands under the former key. */
  const moved = new Set<string>();
  const removeFormer = async (name: string): Promise<void> => {
    if (moved.has(name)) return;
    await store.deleteItemAsync(formerKeyOf(name), options);
    moved.add(name);
  };
  const write = async (name: string, value: string): Promise<void> => {
    await store.setItemAsync(keyOf(name), value, options);
    // What the app's end leaves behind here is never read again, and goes with the next write.
    await removeFormer(name);
  };
  const readFormer = async (name: string): Promise<string | null> => {
    const value = moved.has(name) ? null : await store.getItemAsync(formerKeyOf(name), options);
    if (value !== null) await write(name, value);
    return value;
  };
  return Object.freeze({
    read: async (name: string) => {
      const value = (await store.getItemAsync(keyOf(name), options)) ?? (await readFormer(name));
      return value === null ? null : fromBase64(value);
    },
    write: (name: string, bytes: Uint8Array) => write(name, toBase64(bytes)),
    remove: async (name: string) => {
      // First, so that it does not come back where the app ends in between.
      await removeFormer(name);
      await store.deleteItemAsync(keyOf(name), options);
    },
  });
}
