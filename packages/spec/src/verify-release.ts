import { concatBytes, fromBase64 } from "./bytes.ts";
import { parseJson } from "./canonical.ts";
import { tidelineError, type ErrorCode } from "./error.ts";
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

function refuse(code: ErrorCode, who: string, received: unknown, expected: string, remedy?: string): never {
  throw tidelineError(code, { who, received: `${received}`, expected, remedy });
}

/** Signatures of an envelope that are looked at: on a phone each costs up to some ten milliseconds. */
const MOST_SIGNATURES = 32;

/** What an envelope says before any signature was checked: only for what changes nothing when it lies. */
export function peekEnvelope<T>(envelope: Envelope, text: TextCodec): Partial<T> {
  try {
    return (parseJson(fromBase64(envelope.payload), text) as Partial<T> | null | undefined) ?? {};
  } catch {
    return {};
  }
}

/**
 * The value of an envelope's payload, if a role signed it with enough distinct keys. Throws `RELEASE_MALFORMED` and
 * `RELEASE_SIGNATURE_INVALID`.
 */
export async function openEnvelope(
  envelope: Envelope,
  type: string,
  role: Role,
  keys: RootMetadata["keys"],
  ports: VerifyPorts,
): Promise<unknown> {
  const malformed = (): never =>
    refuse("RELEASE_MALFORMED", type, "other content", "a signed envelope of it");
  let payload = new Uint8Array(0);
  let signatures: readonly (readonly [string, Uint8Array])[] = [];
  try {
    payload = fromBase64(envelope.payload) as typeof payload;
    signatures = envelope.signatures
      .slice(0, MOST_SIGNATURES)
      .map(({ keyid, sig }) => [keyid, fromBase64(sig)]);
  } catch {
    malformed();
  }
  if (envelope.payloadType !== type) malformed();
  const message = preAuthentication(type, payload, ports.text);
  const signers = new Set<string>();
  for (const [keyid, signature] of signatures) {
    const key = Object.hasOwn(keys, keyid) && keys[keyid]!.public;
    // By the key itself: one key under two ids is still one signer.
    if (!key || !role.keys.includes(keyid) || signers.has(key)) continue;
    if (await ports.verify(fromBase64(key), message, signature)) signers.add(key);
  }
  const { threshold } = role;
  if (!(signers.size >= threshold && threshold >= 1)) {
    // Tampered with, or signed by a key that is not trusted.
    refuse("RELEASE_SIGNATURE_INVALID", type, signers.size, `${threshold} valid signature(s) of the role`);
  }
  return parseJson(payload, ports.text) ?? malformed();
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
    const { version } = peekEnvelope<RootMetadata>(envelope, ports.text);
    if (version! <= current.version) continue;
    const open = ({ roles, keys }: RootMetadata): Promise<unknown> =>
      openEnvelope(envelope, ROOT_TYPE, roles.root, keys, ports);
    const next = (await open(current)) as RootMetadata;
    const wanted = current.version + 1;
    if (next.type !== "root" || next.format !== 1 || next.version !== wanted) {
      refuse("RELEASE_MALFORMED", "root", next.version, `root version ${wanted}`);
    }
    await open(next);
    current = next;
  }
  return current;
}

/** -1, 0 or 1: `1.10.0` is after `1.9.3`. NaN where a part is no number; parts stay below 100,000. */
export function compareVersions(left: string, right: string): number {
  const rank = (version: string): number => {
    const parts = version.split(".");
    return [0, 1, 2].reduce((sum, index) => sum * 1e5 + Number(parts[index] ?? 0), 0);
  };
  return Math.sign(rank(left) - rank(right));
}

/** Refuses a release that a phone cannot run. */
function checkRequirements({ requires, version }: ReleaseMetadata, has: Capabilities): void {
  const { sdk, schema, runtime, levels, opset } = requires;
  const need = (fits: boolean, received: unknown, expected: string): void => {
    if (!fits) refuse("RELEASE_REQUIRES", `release ${version}`, received, expected);
  };
  // A version that cannot be compared is not met.
  need(compareVersions(has.sdk, sdk) >= 0, has.sdk, `SDK ${sdk} or newer`);
  for (const [event, wanted] of Object.entries(schema)) {
    need(has.schema[event] === wanted, has.schema[event], `event "${event}" version ${wanted}`);
  }
  const levelOf = (name: string): number => levels?.[name] ?? opset;
  need(
    runtime.some((name) => has.runtimes[name]! >= levelOf(name)),
    JSON.stringify(has.runtimes),
    runtime.map((name) => `${name} ${levelOf(name)}`).join(" or "),
  );
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
  const { root, now, app, channel, acceptedVersion } = context;
  const { roles, keys, development } = root;
  const who = "release";
  if (development && context.environment === "production") {
    const remedy = "Make a production root and pin it in the app.";
    refuse("RELEASE_DEVELOPMENT_KEY", who, "a development root key", "a production root key", remedy);
  }
  const unexpired = (what: string, expires: number): void => {
    // A date that is none has passed, too.
    if (expires > now && Number.isSafeInteger(expires)) return;
    const received = `one that expired ${JSON.stringify(new Date(expires))}`;
    refuse("RELEASE_EXPIRED", who, received, `a ${what} that is still valid`);
  };
  unexpired("root", root.expires);
  const release = (await openEnvelope(envelope, RELEASE_TYPE, roles.release, keys, ports)) as ReleaseMetadata;
  const { type, format, version, kill } = release;
  if (type !== who || format !== 1 || !Number.isSafeInteger(version) || typeof kill !== "boolean") {
    refuse("RELEASE_MALFORMED", who, `${type} of format ${format}`, "a release of format 1");
  }
  if (release.app !== app || release.channel !== channel) {
    refuse("RELEASE_MALFORMED", who, `${release.app}/${release.channel}`, `${app}/${channel}`);
  }
  if (version < acceptedVersion) {
    refuse("RELEASE_ROLLBACK", who, version, `version ${acceptedVersion} or higher`);
  }
  unexpired("manifest", release.expires);
  checkRequirements(release, context.capabilities);
  return release;
}
