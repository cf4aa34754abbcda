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
 * @param scope begins the keys: apps of one Apple team, and projects in Expo Go, may share a keychain, and each would
 *   take the other's secret for that of a clone.
 * @throws `ARGUMENT_INVALID` for a scope that is no key
 */
export function expoSecureStorage(store: ExpoSecureStore, scope: string): SecureStorage {
  if (!/^[\w.-]{1,128}$/.test(scope)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "secure storage",
      field: "scope",
      expected: "letters, digits, dots and hyphens, such as the app's bundle identifier",
      received: JSON.stringify(scope),
    });
  }
  const options = { keychainAccessible: store.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY };
  const keyOf = (name: string): string => `tideline.${scope}.${name}`;
  return Object.freeze({
    read: async (name: string) => {
      const value = await store.getItemAsync(keyOf(name), options);
      return value === null ? null : fromBase64(value);
    },
    write: (name: string, bytes: Uint8Array) => store.setItemAsync(keyOf(name), toBase64(bytes), options),
    remove: (name: string) => store.deleteItemAsync(keyOf(name), options),
  });
}
