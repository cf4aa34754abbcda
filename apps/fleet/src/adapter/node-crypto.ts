import { createHash, randomBytes, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { DevicePorts } from "@tideline/device";

type CryptoPorts = Pick<DevicePorts, "digest" | "verify" | "text" | "random" | "gzip">;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const compress = promisify(gzip);

/** Digest, signature, text, randomness and gzip by Node's standard library. */
export const nodeCrypto: CryptoPorts = Object.freeze({
  digest: async (bytes: Uint8Array) => createHash("sha256").update(bytes).digest(),
  verify: async (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = await webcrypto.subtle.importKey("raw", publicKey.slice(), "Ed25519", false, ["verify"]);
    return webcrypto.subtle.verify("Ed25519", key, signature.slice(), message.slice());
  },
  text: {
    encode: (text: string) => encoder.encode(text),
    decode: (bytes: Uint8Array) => decoder.decode(bytes),
  },
  random: (length: number) => randomBytes(length),
  // Packed samples hardly shrink further at higher levels, and a phone's battery pays for them.
  gzip: (bytes: Uint8Array) => compress(bytes, { level: 1 }),
});
