import { variantLevel, type ReleaseMetadata, type Variant } from "@tideline/spec";
import type { ModelRuntime } from "./ports.ts";

/** One way to run a release on this phone. */
export interface Candidate {
  /** Names the release's version, the tier, the runtime and its version: what crashes is remembered by this. */
  readonly key: string;
  readonly runtime: ModelRuntime;
  /** The smallest variant that the runtime takes. */
  readonly variant: Variant;
}

/** Tiers in the order in which they are tried. */
const TIERS = ["accelerator", "cpu", "portable"];

/** Name of a runtime in reasons and diagnostics: `tier/name`. */
export function runtimeName({ tier, name }: ModelRuntime): string {
  return `${tier}/${name}`;
}

/** Every way to run a release on this phone: by tier, then in the order in which the platform prefers them. */
export function candidatesOf(
  { version, variants }: ReleaseMetadata,
  runtimes: readonly ModelRuntime[],
): readonly Candidate[] {
  return TIERS.flatMap((tier) => runtimes.filter((runtime) => runtime.tier === tier)).flatMap((runtime) => {
    const [variant] = variants
      .filter((one) => one.format === runtime.name && variantLevel(one) <= runtime.level)
      .sort((left, right) => left.bytes - right.bytes);
    return variant
      ? [{ key: `${version}/${runtimeName(runtime)}/${runtime.version}`, runtime, variant }]
      : [];
  });
}
