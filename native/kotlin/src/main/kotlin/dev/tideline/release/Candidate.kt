package dev.tideline.release

import dev.tideline.ModelRuntime

/** `tier/name` of a runtime, as reasons and diagnostics call it. */
internal val ModelRuntime.label: String get() = "${tier.name.lowercase()}/$name"

/** Digits of a file's digest that tell it from the others of its release. */
private const val DIGITS = 8

/**
 * One way to run a release on this phone: a file of it, and what takes that.
 *
 * @property key names the release's version, the tier, the runtime, its version and the file: what crashes is remembered
 * by this
 * @property rank how many smaller files of the release the runtime takes
 */
internal class Candidate(val key: String, val runtime: ModelRuntime, val variant: Variant, val rank: Int) {
    internal companion object {
        /**
         * Every way to run a release: by tier, then in the order in which the platform prefers its runtimes, then from
         * the smallest file that a runtime takes to the largest.
         */
        fun of(release: ReleaseMetadata, runtimes: List<ModelRuntime>): List<Candidate> =
            of(release.version, release.variants, runtimes)

        fun of(version: Long, variants: List<Variant>, runtimes: List<ModelRuntime>): List<Candidate> = runtimes
            .sortedBy { it.tier }
            .flatMap { runtime ->
                val runs = "$version/${runtime.label}/${runtime.version}"
                variants
                    .filter { it.format == runtime.name && it.level <= runtime.level }
                    .sortedBy { it.bytes }
                    .mapIndexed { rank, one -> Candidate("$runs/${one.sha256.take(DIGITS)}", runtime, one, rank) }
            }
    }
}
