package dev.tideline.release

import dev.tideline.ModelRuntime

/** `tier/name` of a runtime, as reasons and diagnostics call it. */
internal val ModelRuntime.label: String get() = "${tier.name.lowercase()}/$name"

/**
 * One way to run a release on this phone.
 *
 * @property key names the release's version, the tier, the runtime and its version: what crashes is remembered by this
 * @property variant the smallest that the runtime takes
 */
internal class Candidate(val key: String, val runtime: ModelRuntime, val variant: Variant) {
    internal companion object {
        /** Every way to run a release: by tier, then in the order in which the platform prefers them. */
        fun of(release: ReleaseMetadata, runtimes: List<ModelRuntime>): List<Candidate> = runtimes
            .mapNotNull { runtime ->
                val variant = release.variants
                    .filter { it.format == runtime.name && it.level <= runtime.level }
                    .minByOrNull { it.bytes }
                variant?.let { Candidate("${release.version}/${runtime.label}/${runtime.version}", runtime, it) }
            }
            .sortedBy { it.runtime.tier }
    }
}
