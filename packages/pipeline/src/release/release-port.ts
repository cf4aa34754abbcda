import { createHash, createPublicKey, verify } from "node:crypto";
import type { Digest, TextCodec, VerifyPorts } from "@tideline/spec";
import { nodeText } from "../ingest/node-text.ts";

/** DER of an Ed25519 public key up to its 32 bytes (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Lower-case hexadecimal SHA-256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Node's answer to what verification of a release asks of a platform.
 *
 * @example
 * const release = await verifyRelease(envelope, context, releasePorts);
 */
export const releasePorts: VerifyPorts & { readonly text: TextCodec; readonly digest: Digest } =
  Object.freeze({
    text: nodeText,
    digest: async (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
    verify: async (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => {
      if (publicKey.length !== 32 || signature.length !== 64) return false;
      const key = createPublicKey({
        key: Buffer.concat([SPKI_PREFIX, publicKey]),
        format: "der",
        type: "spki",
      });
      return verify(null, message, key, signature);
    },
  });
