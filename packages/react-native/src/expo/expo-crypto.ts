import type { DevicePorts } from "@tideline/device";

/** The part of the module `expo-crypto` that the adapter uses. */
export interface ExpoCrypto {
  readonly CryptoDigestAlgorithm: { readonly SHA256: string };
  digest(algorithm: never, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  getRandomBytes(count: number): Uint8Array;
}

/** Bytes that `getRandomBytes` gives at once. */
const MOST_RANDOM = 1024;

/** SHA-256 and unpredictable bytes by the platform. */
export function expoCrypto(crypto: ExpoCrypto): Pick<DevicePorts, "digest" | "random"> {
  return Object.freeze({
    digest: async (bytes: Uint8Array) => {
      // A view into a larger buffer goes over as what it shows.
      const exact = bytes.slice();
      return new Uint8Array(await crypto.digest(crypto.CryptoDigestAlgorithm.SHA256 as never, exact));
    },
    random: (length: number) => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += MOST_RANDOM) {
        bytes.set(crypto.getRandomBytes(Math.min(MOST_RANDOM, length - at)), at);
      }
      return bytes;
    },
  });
}
