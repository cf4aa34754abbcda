/**
 * Ports: what the core needs from a platform and may not take from globals, because Hermes lacks them. Adapters
 * stand in `web`, `react-native` and the fleet.
 */

/** UTF-8. `decode` throws on malformed bytes. */
export interface TextCodec {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}

/** SHA-256 of bytes: 32 bytes. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Checks an Ed25519 signature (RFC 8032): 32-byte public key, 64-byte signature. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => Promise<boolean>;
