import type { LoopStatus } from "@tideline/spec";

/** A moment that a chart marks with a vertical line. */
export interface Marker {
  readonly at: number;
  readonly name: string;
  readonly kind: "release" | "injected" | "detected";
}

/** Colours of the kinds of markers. */
export const MARKER_COLOR = {
  release: "var(--tide)",
  injected: "var(--warn)",
  detected: "var(--bad)",
} as const satisfies Record<Marker["kind"], string>;

/** The moments to mark: drift injected, drift noticed, and each release; oldest first. */
export function markersOf(drift: LoopStatus["drift"], releases: LoopStatus["releases"]): readonly Marker[] {
  const markers: Marker[] = releases.map(({ issuedAt, version }) => ({
    at: issuedAt,
    name: `release ${version}`,
    kind: "release",
  }));
  if (drift.injectedAt !== null)
    markers.push({ at: drift.injectedAt, name: "drift begins", kind: "injected" });
  if (drift.detectedAt !== null) markers.push({ at: drift.detectedAt, name: "noticed", kind: "detected" });
  return markers.sort((left, right) => left.at - right.at);
}
