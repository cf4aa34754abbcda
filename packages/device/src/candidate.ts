import { variantLevel, type ReleaseMetadata, type Variant } from "@tideline/spec";
import type { ModelRuntime } from "./ports.ts";

/** One way to run a release on this phone. */
export interface Candidate {
  /** Names the release's version, the tier, the runtime and its version: what crashes is remembered by this. */
  readonly key: string;
  /** `tier/name`, as reasons and diagnostics call it. */
  readonly name: string;
  readonly runtime: ModelRuntime;
  /** The smallest variant that the runtime takes. */
  readonly variant: Variant;
}

const TIERS = ["accelerator", "cpu", "portable"];

/** Name of a runtime in reasons and diagnostics. */
export function runtimeName({ tier, name }: ModelRuntime): string {
  return `${tier}/${name}`;
}

/** Every way to run a release on this phone: by tier, then in the order in which the platform prefers them. */
export function candidatesOf(
  { version, variants }: ReleaseMetadata,
  runtimes: readonly ModelRuntime[],
): readonly Candidate[] {
  return runtimes
    .flatMap((runtime) => {
      const [variant] = variants
        .filter((one) => one.format === runtime.name && variantLevel(one) <= runtime.level)
        .sort((left, right) => left.bytes - right.bytes);
      if (variant === undefined) return [];
      const name = runtimeName(runtime);
      return [{ key: `${version}/${name}/${runtime.version}`, name, runtime, variant }];
    })
    .sort((left, right) => TIERS.indexOf(left.runtime.tier) - TIERS.indexOf(right.runtime.tier));
}
