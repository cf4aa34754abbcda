import { tidelineError } from "@tideline/spec";
import type { DevicePorts } from "@tideline/device";

type CryptoPorts = Pick<DevicePorts, "digest" | "verify" | "text" | "random" | "gzip">;
type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `crypto.getRandomValues` gives at most this many bytes a call (Web Cryptography API, section 10.1.1). */
const QUOTA = 65_536;

/**
 * Digest, signature, randomness, text and gzip by what browsers have: Web Cryptography with Ed25519 (Chrome 137,
 * Firefox 129, Safari 17) and Compression Streams. Web Cryptography needs a secure context: https, or localhost.
 */
export const webCrypto: CryptoPorts = Object.freeze({
  digest: async (bytes: Uint8Array) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Bytes)),
  verify: async (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = await crypto.subtle
      .importKey("raw", publicKey as Bytes, "Ed25519", false, ["verify"])
      .catch((cause: unknown) => {
        throw tidelineError("RUNTIME_UNSUPPORTED", {
          who: "Web Cryptography",
          field: "Ed25519",
          expected: "a browser that knows it",
          remedy: "Give the ports a verify of a library, such as @noble/ed25519.",
          cause,
        });
      });
    return crypto.subtle.verify("Ed25519", key, signature as Bytes, message as Bytes);
  },
  text: Object.freeze({
    encode: (text: string) => encoder.encode(text),
    decode: (bytes: Uint8Array) => decoder.decode(bytes),
  }),
  random: (length: number) => {
    const bytes = new Uint8Array(length);
    for (let from = 0; from < length; from += QUOTA) {
      crypto.getRandomValues(bytes.subarray(from, Math.min(length, from + QUOTA)));
    }
    return bytes;
  },
  gzip: async (bytes: Uint8Array) => {
    const packed = new Blob([bytes as Bytes]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Uint8Array(await new Response(packed).arrayBuffer());
  },
});
