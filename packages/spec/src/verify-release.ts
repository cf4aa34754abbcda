import { concatBytes, fromBase64 } from "./bytes.ts";
import { isTidelineError, tidelineError, type ErrorCode } from "./error.ts";
import type { TextCodec, VerifySignature } from "./port.ts";
import {
  RELEASE_TYPE,
  ROOT_TYPE,
  type Capabilities,
  type Envelope,
  type ReleaseMetadata,
  type Role,
  type RootMetadata,
} from "./release.ts";

/** What verification needs of the platform. */
export interface VerifyPorts {
  readonly text: TextCodec;
  readonly verify: VerifySignature;
}

/** DSSE's pre-authentication encoding: the bytes that are signed. */
export function preAuthentication(type: string, payload: Uint8Array, text: TextCodec): Uint8Array {
  const bytes = text.encode(type);
  return concatBytes([text.encode(`DSSEv1 ${bytes.length} ${type} ${payload.length} `), payload]);
}

function refuse(code: ErrorCode, who: string, expected: string, received: string, remedy?: string): never {
  throw tidelineError(code, { who, expected, received, ...(remedy === undefined ? {} : { remedy }) });
}

/** The envelope's payload, if `role` signed it with enough distinct keys. */
async function openEnvelope(
  envelope: Envelope,
  type: string,
  role: Role,
  keys: RootMetadata["keys"],
  ports: VerifyPorts,
): Promise<unknown> {
  let payload: Uint8Array;
  let signatures: { keyid: string; sig: Uint8Array }[];
  try {
    payload = fromBase64(envelope.payload);
    signatures = envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: fromBase64(sig) }));
  } catch (cause) {
    throw tidelineError("RELEASE_MALFORMED", {
      who: "release",
      expected: "a signed envelope",
      received: "other content",
      cause,
    });
  }
  if (envelope.payloadType !== type) refuse("RELEASE_MALFORMED", "release", type, envelope.payloadType);
  const message = preAuthentication(type, payload, ports.text);
  const signers = new Set<string>();
  for (const { keyid, sig } of signatures) {
    const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
    // By the key itself: one key under two ids is still one signer.
    if (key === undefined || !role.keys.includes(keyid) || signers.has(key.public)) continue;
    if (await ports.verify(fromBase64(key.public), message, sig)) signers.add(key.public);
  }
  if (signers.size < role.threshold || role.threshold < 1) {
    refuse(
      "RELEASE_SIGNATURE_INVALID",
      "release",
      `${role.threshold} valid signature(s) of the role`,
      String(signers.size),
      "The manifest was tampered with, or its key is not trusted; it is not used.",
    );
  }
  try {
    return JSON.parse(ports.text.decode(payload));
  } catch (cause) {
    throw tidelineError("RELEASE_MALFORMED", {
      who: "release",
      expected: "JSON",
      received: "other content",
      cause,
    });
  }
}

/**
 * Follows root rotations: each new root must be signed by the root before it and by itself, with the next version.
 * Returns the newest root; roots that are already behind the trusted one are passed over.
 */
export async function verifyRoots(
  trusted: RootMetadata,
  chain: readonly Envelope[],
  ports: VerifyPorts,
): Promise<RootMetadata> {
  let current = trusted;
  for (const envelope of chain) {
    let version = 0;
    try {
      version = (JSON.parse(ports.text.decode(fromBase64(envelope.payload))) as RootMetadata).version;
    } catch (cause) {
      if (isTidelineError(cause)) throw cause;
      throw tidelineError("RELEASE_MALFORMED", {
        who: "root",
        expected: "JSON",
        received: "other content",
        cause,
      });
    }
    if (version <= current.version) continue;
    const next = (await openEnvelope(
      envelope,
      ROOT_TYPE,
      current.roles.root,
      current.keys,
      ports,
    )) as RootMetadata;
    if (next.type !== "root" || next.format !== 1 || next.version !== current.version + 1) {
      refuse("RELEASE_MALFORMED", "root", `root version ${current.version + 1}`, String(next.version));
    }
    await openEnvelope(envelope, ROOT_TYPE, next.roles.root, next.keys, ports);
    current = next;
  }
  return current;
}

/** -1, 0 or 1: `1.10.0` is after `1.9.3`. NaN where a part is no number. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (a![index] ?? 0) - (b![index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Why a phone cannot run a release, or undefined. */
function unmetRequirement({ requires }: ReleaseMetadata, has: Capabilities): [string, string] | undefined {
  // Not `< 0`: a version that cannot be compared is not met.
  if (!(compareVersions(has.sdk, requires.sdk) >= 0)) return [`SDK ${requires.sdk} or newer`, has.sdk];
  for (const [event, version] of Object.entries(requires.schema)) {
    if (has.schema[event] !== version)
      return [`event "${event}" version ${version}`, String(has.schema[event])];
  }
  const levelOf = (name: string): number => requires.levels?.[name] ?? requires.opset;
  if (!requires.runtime.some((name) => (has.runtimes[name] ?? 0) >= levelOf(name))) {
    const wanted = requires.runtime.map((name) => `${name} ${levelOf(name)}`);
    return [wanted.join(" or "), JSON.stringify(has.runtimes)];
  }
  return undefined;
}

/** What a phone knows when a manifest comes. */
export interface ReleaseContext {
  readonly root: RootMetadata;
  readonly app: string;
  readonly channel: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Highest version that this phone has ever accepted on the channel; 0 before the first. */
  readonly acceptedVersion: number;
  readonly environment: "development" | "production";
  readonly capabilities: Capabilities;
}

/**
 * The release of an envelope, if this phone may take it; throws otherwise, and then the phone keeps what it has.
 * Refuses a bad signature, a development key in production, another app or channel, an expired manifest (freeze),
 * an older version than was once accepted (rollback), and requirements that the phone does not meet.
 */
export async function verifyRelease(
  envelope: Envelope,
  context: ReleaseContext,
  ports: VerifyPorts,
): Promise<ReleaseMetadata> {
  const { root, now } = context;
  if (root.development && context.environment === "production") {
    refuse(
      "RELEASE_DEVELOPMENT_KEY",
      "release",
      "a production root key",
      "a development root key",
      "Make a production root and pin it in the app.",
    );
  }
  if (root.expires <= now) {
    refuse(
      "RELEASE_EXPIRED",
      "root",
      "a root that is still valid",
      `one that expired ${new Date(root.expires).toISOString()}`,
    );
  }
  const release = (await openEnvelope(
    envelope,
    RELEASE_TYPE,
    root.roles.release,
    root.keys,
    ports,
  )) as ReleaseMetadata;
  if (release.type !== "release" || release.format !== 1 || !Number.isSafeInteger(release.version)) {
    refuse(
      "RELEASE_MALFORMED",
      "release",
      "a release of format 1",
      `${release.type} of format ${release.format}`,
    );
  }
  if (release.app !== context.app || release.channel !== context.channel) {
    refuse(
      "RELEASE_MALFORMED",
      "release",
      `${context.app}/${context.channel}`,
      `${release.app}/${release.channel}`,
    );
  }
  if (release.version < context.acceptedVersion) {
    refuse(
      "RELEASE_ROLLBACK",
      "release",
      `version ${context.acceptedVersion} or higher`,
      String(release.version),
    );
  }
  if (release.expires <= now) {
    refuse(
      "RELEASE_EXPIRED",
      "release",
      "a manifest that is still valid",
      `one that expired ${new Date(release.expires).toISOString()}`,
      "The last good model stays in use.",
    );
  }
  const unmet = unmetRequirement(release, context.capabilities);
  if (unmet !== undefined) refuse("RELEASE_REQUIRES", `release ${release.version}`, unmet[0], unmet[1]);
  return release;
}
