import { tidelineError, type Envelope } from "@tideline/spec";
import type { SignedRelease } from "./make-release.ts";

/** What the console offers to phones: the newest release of each model and channel, and the files of all of them. */
export interface ReleaseShelf {
  /**
   * Puts a release on offer in place of the one before.
   *
   * @throws RELEASE_ROLLBACK unless its version is higher than that of the one on offer.
   */
  publish(signed: SignedRelease): void;
  /** Throws what `publish` would throw, and changes nothing. */
  check(signed: SignedRelease): void;
  current(model: string, channel: string): SignedRelease | undefined;
  /** Whether an artifact belongs to any release that was published, so that it may be fetched. */
  isReleased(sha256: string): boolean;
  /** Every root, oldest first. */
  roots(): readonly Envelope[];
  setRoots(chain: readonly Envelope[]): void;
}

/**
 * An empty shelf under a chain of roots. It keeps nothing on disk: whoever opens the folder publishes the catalog's
 * releases again, oldest first.
 */
export function createShelf(roots: readonly Envelope[]): ReleaseShelf {
  const offered = new Map<string, SignedRelease>();
  const files = new Set<string>();
  let chain = roots;
  const place = (model: string, channel: string): string => JSON.stringify([model, channel]);
  const check = ({ release }: SignedRelease): void => {
    const before = offered.get(place(release.model.name, release.channel))?.release.version ?? 0;
    if (release.version > before) return;
    throw tidelineError("RELEASE_ROLLBACK", {
      who: `channel "${release.channel}" of model "${release.model.name}"`,
      expected: `a version above ${before}`,
      received: String(release.version),
      remedy: "A rollback is a new release with a higher version.",
    });
  };
  return Object.freeze({
    check,
    publish(signed: SignedRelease) {
      check(signed);
      const { release } = signed;
      offered.set(place(release.model.name, release.channel), signed);
      for (const { sha256 } of [...release.variants, release.vectors]) files.add(sha256);
    },
    current: (model: string, channel: string) => offered.get(place(model, channel)),
    isReleased: (sha256: string) => files.has(sha256),
    roots: () => chain,
    setRoots(next: readonly Envelope[]) {
      chain = next;
    },
  });
}
