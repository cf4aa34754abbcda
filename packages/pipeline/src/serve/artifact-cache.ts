import type { ArtifactStore } from "../release/artifact.ts";

/** Bytes of artifacts that are kept in memory: a model of a phone takes some hundred thousand. */
const KEPT_BYTES = 64 << 20;

/**
 * Artifacts, the newest few kept once they were read and checked: a phone that fetches a file in a hundred pieces, or
 * somebody who asks for single bytes of it, makes the server hash it once.
 */
export function artifactCache(
  { read }: Pick<ArtifactStore, "read">,
  keptBytes = KEPT_BYTES,
): Pick<ArtifactStore, "read"> {
  const kept = new Map<string, Promise<Uint8Array>>();
  const sizes = new Map<string, number>();
  const forget = (sha256: string): void => {
    kept.delete(sha256);
    sizes.delete(sha256);
  };
  const total = (): number => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return Object.freeze({
    read: async (sha256: string) => {
      const found = kept.get(sha256);
      if (found !== undefined) {
        kept.delete(sha256);
        kept.set(sha256, found);
        return found;
      }
      const reading = read(sha256);
      kept.set(sha256, reading);
      try {
        const bytes = await reading;
        if (kept.get(sha256) === reading) sizes.set(sha256, bytes.length);
        for (const oldest of kept.keys()) {
          if (total() <= keptBytes) break;
          forget(oldest);
        }
        return bytes;
      } catch (error) {
        if (kept.get(sha256) === reading) forget(sha256);
        throw error;
      }
    },
  });
}
