import { variantLevel, type ReleaseMetadata, type Variant } from "@tideline/spec";
import type { ModelRuntime } from "./ports.ts";

/** One way to run a release on this phone: a file of it, and what takes that. */
export interface Candidate {
  /** Names the release's version, the tier, the runtime, its version and the file: what crashes is remembered by this. */
  readonly key: string;
  readonly runtime: ModelRuntime;
  readonly variant: Variant;
  /** How many smaller files of the release the runtime takes. */
  readonly rank: number;
}

/** Tiers in the order in which they are tried. */
const TIERS = ["accelerator", "cpu", "portable"];

/** Digits of a file's digest that tell it from the others of its release. */
const DIGITS = 8;

/** Name of a runtime in reasons and diagnostics: `tier/name`. */
export function runtimeName({ tier, name }: ModelRuntime): string {
  return `${tier}/${name}`;
}

/**
 * Every way to run a release on this phone: by tier, then in the order in which the platform prefers its runtimes, then
 * from the smallest file that a runtime takes to the largest.
 */
export function candidatesOf(
  { version, variants }: ReleaseMetadata,
  runtimes: readonly ModelRuntime[],
): readonly Candidate[] {
  return TIERS.flatMap((tier) => runtimes.filter((runtime) => runtime.tier === tier)).flatMap((runtime) =>
    variants
      .filter((one) => one.format === runtime.name && variantLevel(one) <= runtime.level)
      .sort((left, right) => left.bytes - right.bytes)
      .map((variant, rank) => ({
        key: `${version}/${runtimeName(runtime)}/${runtime.version}/${variant.sha256.slice(0, DIGITS)}`,
        runtime,
        variant,
        rank,
      })),
  );
}
