import { hashes, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

/**
 * Checks an Ed25519 signature in plain ECMAScript (RFC 8032, strict: keys of small order and encodings that are not
 * canonical are refused, as OpenSSL refuses them on the server). No platform of React Native offers Ed25519 to
 * JavaScript. It needs `BigInt`, which Hermes has had since 0.12. Malformed keys and signatures are false, not thrown.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  // The library takes its hash from this slot; whoever shares the library finds the same function in it.
  hashes.sha512 ??= sha512;
  try {
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
