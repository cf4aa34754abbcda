import { tidelineError, toHex, type ArtifactReference } from "@tideline/spec";
import { fetchBytes } from "./fetch-json.ts";
import type { DevicePorts } from "./ports.ts";

/** Where artifacts come from. */
export interface ArtifactOptions {
  readonly ports: DevicePorts;
  /** Name of the model whose files they are. */
  readonly owner: string;
  readonly console: string;
  readonly timeoutMs: number;
  /** Largest artifact that is ever fetched. */
  readonly artifactBytes: number;
}

/** Name of the file that holds an artifact. */
function fileOf({ sha256 }: ArtifactReference, owner: string): string {
  return `artifact-${owner}-${sha256}`;
}

/** Whether bytes are the ones that a manifest names. */
async function isGenuine(bytes: Uint8Array, wanted: ArtifactReference, ports: DevicePorts): Promise<boolean> {
  return bytes.length === wanted.bytes && toHex(await ports.digest(bytes)) === wanted.sha256;
}

/** An artifact from storage, its digest checked again; null where it is missing or damaged. */
export async function storedArtifact(
  wanted: ArtifactReference,
  { ports, owner }: Pick<ArtifactOptions, "ports" | "owner">,
): Promise<Uint8Array | null> {
  const bytes = await ports.storage.read(fileOf(wanted, owner));
  return bytes !== null && (await isGenuine(bytes, wanted, ports)) ? bytes : null;
}

/**
 * An artifact of a verified manifest, from storage or from `GET {console}/v1/artifacts/<sha256>`; kept in storage.
 * Never reads more than the manifest states. Throws `ARTIFACT_CORRUPT` and what the fetch throws.
 */
export async function fetchArtifact(
  wanted: ArtifactReference,
  options: ArtifactOptions,
): Promise<Uint8Array> {
  const { ports, owner, console, timeoutMs, artifactBytes } = options;
  const refuse = (expected: string, received: string): never => {
    throw tidelineError("ARTIFACT_CORRUPT", { who: "update", field: wanted.sha256, expected, received });
  };
  if (!/^[0-9a-f]{64}$/.test(wanted.sha256)) refuse("a SHA-256 in hexadecimal", wanted.sha256);
  if (!(wanted.bytes <= artifactBytes)) refuse(`at most ${artifactBytes} bytes`, `${wanted.bytes} bytes`);
  const stored = await storedArtifact(wanted, options);
  if (stored !== null) return stored;
  const url = `${console}/v1/artifacts/${wanted.sha256}`;
  const bytes = await fetchBytes(ports, { url, timeoutMs, maxBytes: wanted.bytes });
  if (!(await isGenuine(bytes, wanted, ports))) refuse("the bytes that the manifest names", "other bytes");
  await ports.storage.write(fileOf(wanted, owner), bytes);
  return bytes;
}

/** Removes every stored artifact of a model but some. */
export async function removeOtherArtifacts(
  keep: readonly ArtifactReference[],
  { ports, owner }: Pick<ArtifactOptions, "ports" | "owner">,
): Promise<void> {
  const names = new Set(keep.map((artifact) => fileOf(artifact, owner)));
  const prefix = `artifact-${owner}-`;
  for (const name of await ports.storage.list(prefix)) {
    // 64 digits and nothing between: a model whose name goes on where this one's ends is another.
    if (!names.has(name) && name.length === prefix.length + 64) await ports.storage.remove(name);
  }
}
