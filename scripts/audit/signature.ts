import { createPublicKey, verify } from "node:crypto";
import { sha256 } from "./manifest.ts";

/** A DSSE envelope: the payload's bytes in base64, and who signed them. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** The root of trust: keys by id, and which of them speak for a role. */
export interface Root {
  readonly type: string;
  readonly version: number;
  readonly expires: number;
  readonly keys: Readonly<Record<string, { readonly scheme: string; readonly public: string }>>;
  readonly roles: Readonly<
    Record<"root" | "release", { readonly keys: readonly string[]; readonly threshold: number }>
  >;
}

/** Payload types of the two kinds of metadata. */
export const ROOT_PAYLOAD = "application/vnd.tideline.root+json";
export const RELEASE_PAYLOAD = "application/vnd.tideline.release+json";

/** What DSSE 1.0 signs: version, then length and bytes of type and of payload, space by space. */
function signedBytes(type: string, payload: Buffer): Buffer {
  const length = Buffer.byteLength(type);
  return Buffer.concat([Buffer.from(`DSSEv1 ${length} ${type} ${payload.length} `), payload]);
}

/** The payload of an envelope, as JSON. */
export function payloadOf<Payload>(envelope: Envelope): Payload {
  return JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8")) as Payload;
}

/** How many distinct keys of a role signed an envelope. */
export function countSigners(envelope: Envelope, role: "root" | "release", root: Root): number {
  const message = signedBytes(envelope.payloadType, Buffer.from(envelope.payload, "base64"));
  const signers = new Set<string>();
  for (const { keyid, sig } of envelope.signatures) {
    const key = Object.hasOwn(root.keys, keyid) ? root.keys[keyid]! : undefined;
    if (key === undefined || key.scheme !== "ed25519" || !root.roles[role].keys.includes(keyid)) continue;
    const raw = Buffer.from(key.public, "base64");
    if (sha256(raw) !== keyid) continue;
    const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
    const publicKey = createPublicKey({ key: jwk, format: "jwk" });
    if (verify(null, message, publicKey, Buffer.from(sig, "base64"))) signers.add(keyid);
  }
  return signers.size;
}

/** Whether enough keys of a role signed. */
export function isSigned(envelope: Envelope, type: string, role: "root" | "release", root: Root): boolean {
  const { threshold } = root.roles[role];
  return envelope.payloadType === type && threshold >= 1 && countSigners(envelope, role, root) >= threshold;
}

/**
 * Follows a chain of roots: the first signs itself, each next one is signed by the one before and by itself and has
 * the next version. Answers the newest root with what is wrong.
 */
export function followRoots(chain: readonly Envelope[]): {
  readonly root: Root;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  let root = payloadOf<Root>(chain[0]!);
  if (!isSigned(chain[0]!, ROOT_PAYLOAD, "root", root)) faults.push("the first root does not sign itself");
  for (const envelope of chain.slice(1)) {
    const next = payloadOf<Root>(envelope);
    const signed =
      isSigned(envelope, ROOT_PAYLOAD, "root", root) && isSigned(envelope, ROOT_PAYLOAD, "root", next);
    if (!signed || next.version !== root.version + 1)
      faults.push(`root ${next.version} does not follow ${root.version}`);
    root = next;
  }
  return { root, faults };
}
