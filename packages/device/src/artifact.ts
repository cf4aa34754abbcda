import { tidelineError, toHex, type ArtifactReference } from "@tideline/spec";
import { askBytes } from "./ask.ts";
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
  /** Artifacts in the app's own package. */
  readonly bundled: readonly BundledArtifacts[];
}

/** Gives the bytes of an artifact of the app's package by its lower-case hexadecimal SHA-256, or null. */
export type BundledArtifacts = (sha256: string) => Promise<Uint8Array | null>;

/** Artifacts of one model. */
export interface ArtifactStore {
  /** An artifact from storage or the app's package, its digest checked; null where it is missing or damaged. */
  find(wanted: ArtifactReference): Promise<Uint8Array | null>;
  /**
   * Makes sure that {@link find} will find an artifact of a verified manifest: asks `GET {console}/v1/artifacts/<sha256>`
   * for what is missing, and never reads more than the manifest states. Throws `ARTIFACT_CORRUPT` and what a GET throws.
   */
  ensure(wanted: ArtifactReference): Promise<void>;
  /** Removes every stored artifact of the model but some. */
  keepOnly(kept: readonly ArtifactReference[]): Promise<void>;
}

/** The artifacts of a model. */
export function artifactStore(options: ArtifactOptions): ArtifactStore {
  const { ports, owner, console, timeoutMs, artifactBytes, bundled } = options;
  const { storage } = ports;
  const prefix = `artifact-${owner}-`;
  const isGenuine = async (bytes: Uint8Array | null, wanted: ArtifactReference): Promise<boolean> =>
    bytes?.length === wanted.bytes && toHex(await ports.digest(bytes)) === wanted.sha256;

  const find: ArtifactStore["find"] = async (wanted) => {
    const { sha256 } = wanted;
    for (const read of [() => storage.read(prefix + sha256), ...bundled.map((from) => () => from(sha256))]) {
      const bytes = await read();
      if (await isGenuine(bytes, wanted)) return bytes;
    }
    return null;
  };

  return {
    find,
    ensure: async (wanted) => {
      const { sha256, bytes: maxBytes } = wanted;
      const refuse = (expected: string): never => {
        throw tidelineError("ARTIFACT_CORRUPT", { who: "update", field: sha256, expected });
      };
      if (!/^[0-9a-f]{64}$/.test(sha256)) refuse("a SHA-256 in hexadecimal");
      if (!(maxBytes <= artifactBytes)) refuse(`at most ${artifactBytes} bytes`);
      if ((await find(wanted)) !== null) return;
      const url = `${console}/v1/artifacts/${sha256}`;
      const bytes = await askBytes(ports, "update", { url, timeoutMs, maxBytes }, "ARTIFACT_CORRUPT");
      if (!(await isGenuine(bytes, wanted))) refuse("the bytes that the manifest names");
      await storage.write(prefix + sha256, bytes);
    },
    keepOnly: async (kept) => {
      const names = kept.map(({ sha256 }) => prefix + sha256);
      for (const name of await storage.list(prefix)) {
        // 64 digits and nothing between: a model whose name goes on where this one's ends is another.
        if (!names.includes(name) && name.length === prefix.length + 64) await storage.remove(name);
      }
    },
  };
}
