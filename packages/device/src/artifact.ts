import { toHex, type ArtifactReference, type ChunkedReference } from "@tideline/spec";
import { askBytes } from "./ask.ts";
import type { Context } from "./context.ts";
import { fail } from "./fail.ts";
import type { ModelContext } from "./models.ts";

/** Gives the bytes of an artifact of the app's package by its lower-case hexadecimal SHA-256, or null. */
export type BundledArtifacts = (sha256: string) => Promise<Uint8Array | null>;

/** What a {@link Download} is told beside what it shall bring. */
export interface DownloadPlace {
  /** Name of the model. */
  readonly owner: string;
  readonly url: string;
  /** Artifacts of the release that runs. */
  readonly held: () => Promise<readonly (Uint8Array | null)[]>;
  /** Checks the whole artifact and stores it. Throws `ARTIFACT_CORRUPT`. */
  readonly keep: (bytes: Uint8Array) => Promise<void>;
}

/** Brings an artifact of a verified manifest, never more bytes than that states, and has it kept. */
export type Download = (context: Context, wanted: ChunkedReference, place: DownloadPlace) => Promise<void>;

/** Downloads an artifact with one request. */
export const wholeDownload: Download = async ({ ports, limits }, { bytes }, { url, keep }) =>
  keep(await askBytes(ports, { url, timeoutMs: limits.timeoutMs, maxBytes: bytes }, "ARTIFACT_CORRUPT"));

/** Artifacts of one model. */
export interface ArtifactStore {
  /** An artifact from storage or the app's package, its digest checked; null where it is missing or damaged. */
  find(wanted: ArtifactReference): Promise<Uint8Array | null>;
  /**
   * Makes sure that {@link find} will find an artifact of a verified manifest: asks `GET {console}/v1/artifacts/<sha256>`
   * for what is missing, and never reads more than the manifest states. Throws `ARTIFACT_CORRUPT` and what a GET throws.
   */
  ensure(wanted: ChunkedReference): Promise<void>;
  /** Removes every stored artifact of the model but some. */
  keepOnly(kept: readonly ArtifactReference[]): Promise<void>;
}

/** The artifacts of a model, by its name, beside those in the app's package. */
export function artifactStore(
  context: ModelContext,
  owner: string,
  bundled: readonly BundledArtifacts[],
  held: () => readonly ArtifactReference[],
): ArtifactStore {
  const { ports, console, limits, download = wholeDownload } = context;
  const { storage } = ports;
  const prefix = `artifact-${owner}-`;
  const isGenuine = async (bytes: Uint8Array | null, wanted: ArtifactReference): Promise<boolean> =>
    bytes?.length === wanted.bytes && toHex(await ports.digest(bytes)) === wanted.sha256;

  const find: ArtifactStore["find"] = async (wanted) => {
    const stored: BundledArtifacts = (sha256) => storage.read(prefix + sha256);
    for (const read of [stored, ...bundled]) {
      const bytes = await read(wanted.sha256);
      if (await isGenuine(bytes, wanted)) return bytes;
    }
    return null;
  };

  return {
    find,
    ensure: async (wanted) => {
      const { sha256, bytes } = wanted;
      const refuse = (expected: string): never =>
        fail("ARTIFACT_CORRUPT", "update", sha256, undefined, expected);
      if (!/^[0-9a-f]{64}$/.test(sha256)) refuse("a SHA-256 in hexadecimal");
      if (!(bytes <= limits.artifactBytes)) refuse(`at most ${limits.artifactBytes} bytes`);
      if ((await find(wanted)) !== null) return;
      await download(context, wanted, {
        owner,
        url: `${console}/v1/artifacts/${sha256}`,
        held: () => Promise.all(held().map(find)),
        keep: async (got) => {
          if (!(await isGenuine(got, wanted))) refuse("the bytes that the manifest names");
          await storage.write(prefix + sha256, got);
        },
      });
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
