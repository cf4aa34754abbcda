import type { WireEvent } from "../wire.ts";

/** What a change of a definition does to those who rely on the one before, and the words for it. */
export const VERDICTS = {
  compatible: "compatible",
  needs_version: "needs a new version",
  breaks_phones: "breaks old phones",
  breaks_lake: "breaks the lake's columns",
  invalidates_models: "invalidates models",
  changes_consent: "changes consent or purpose",
} as const;

/** A verdict by its name in JSON. */
export type Verdict = keyof typeof VERDICTS;

/** An event that the older definition takes, and how the newer one answers it. */
export interface Witness {
  readonly event: WireEvent;
  /** Bytes that the batch's attachment must have for the event's frames. */
  readonly attachmentBytes: number;
}

/** One difference between two definitions, whom it breaks and why. */
export interface Change {
  readonly verdict: Verdict;
  /** The part that changed, as `event "tap".target`. */
  readonly where: string;
  /** What changed. */
  readonly what: string;
  /** Whom it breaks, and why; for a compatible change, why nobody. */
  readonly why: string;
  /** What to write instead. */
  readonly remedy?: string;
  /** For changes that make the server refuse an old phone: an event that it would refuse. */
  readonly witness?: Witness;
}

/** Whether every change is compatible. */
export function isCompatible(changes: readonly Change[]): boolean {
  return changes.every(({ verdict }) => verdict === "compatible");
}
