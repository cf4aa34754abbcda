import { canonicalJson, preAuthentication, toBase64, type Envelope, type PublicKey } from "@tideline/spec";
import { nodeText } from "../ingest/node-text.ts";

/** A key that signs. The private half stays inside the function: printing or serialising the value shows nothing. */
export interface SigningKey {
  /** Lower-case hexadecimal SHA-256 of the raw public key. */
  readonly id: string;
  readonly public: PublicKey;
  /** The 64-byte Ed25519 signature (RFC 8032) of a message. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Signs the canonical JSON of a payload, in a DSSE envelope (protocol 1.0): what is signed is the pre-authentication
 * encoding of the very bytes.
 *
 * @example
 * const envelope = signEnvelope(RELEASE_TYPE, release, [keys.release]);
 */
export function signEnvelope(payloadType: string, payload: unknown, keys: readonly SigningKey[]): Envelope {
  const bytes = nodeText.encode(canonicalJson(payload));
  const message = preAuthentication(payloadType, bytes, nodeText);
  return Object.freeze({
    payloadType,
    payload: toBase64(bytes),
    signatures: Object.freeze(
      keys.map((key) => Object.freeze({ keyid: key.id, sig: toBase64(key.sign(message)) })),
    ),
  });
}
