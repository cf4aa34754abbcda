package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.fault
import dev.tideline.json.JsonObject
import dev.tideline.json.canonicalJson

/** A file of a release. */
internal open class ArtifactReference(val sha256: String, val bytes: Long)

/** The same model in one format, with the level that a runtime needs for it. */
internal class Variant(sha256: String, bytes: Long, val format: String, val level: Long) : ArtifactReference(sha256, bytes)

/** What a release asks of the phone that takes it. */
internal class Requirements(
    val sdk: String,
    val schema: Map<String, Double>,
    val runtimes: List<String>,
    private val opset: Double,
    private val levels: Map<String, Double>,
) {
    /** What a runtime must reach. */
    fun levelOf(runtime: String): Double = levels[runtime] ?: opset
}

/** The part of a release's manifest that a phone needs. */
internal class ReleaseMetadata(
    val app: String,
    val channel: String,
    val version: Long,
    val id: String,
    val expires: Long,
    val requires: Requirements,
    val labels: List<String>,
    val size: Int,
    val channels: Int,
    val input: String,
    val output: String,
    val variants: List<Variant>,
    val vectors: ArtifactReference,
    val kill: Boolean,
    /** For which phones it is; null for all of them. */
    val rollout: Rollout?,
    /** Canonical JSON of name, labels and window, to be compared with the app's own. */
    val shape: String,
) {
    internal companion object {
        private val DIGEST = Regex("[0-9a-f]{64}")

        private fun sha256(artifact: JsonObject): String = artifact.text("sha256").also {
            if (!DIGEST.matches(it)) {
                throw fault(ErrorCode.RELEASE_MALFORMED, "release", "sha256", "a SHA-256 in hexadecimal", it)
            }
        }

        private fun artifact(of: JsonObject) = ArtifactReference(sha256(of), of.whole("bytes"))

        private fun variant(of: JsonObject): Variant {
            val format = of.text("format")
            val level = of.whole(if (format == "onnx") "opset" else "version")
            return Variant(sha256(of), of.whole("bytes"), format, level)
        }

        private fun numbers(of: JsonObject): Map<String, Double> = of.members.mapValues { of.number(it.key) }

        fun read(release: JsonObject): ReleaseMetadata {
            if (release.text("type") != "release" || release.whole("format") != 1L) {
                throw fault(ErrorCode.RELEASE_MALFORMED, "release", expected = "a release of format 1", received = "another")
            }
            val requires = release.child("requires")
            val model = release.child("model")
            val window = model.child("window")
            val labels = model.texts("labels")
            return ReleaseMetadata(
                release.text("app"),
                release.text("channel"),
                release.whole("version"),
                release.text("id"),
                release.whole("expires"),
                Requirements(
                    requires.text("sdk"),
                    numbers(requires.child("schema")),
                    requires.texts("runtime"),
                    requires.number("opset"),
                    if (requires.has("levels")) numbers(requires.child("levels")) else emptyMap(),
                ),
                labels,
                window.count("size"),
                window.texts("channels").size,
                model.text("input"),
                model.text("output"),
                release.children("variants").map(::variant),
                artifact(release.child("vectors")),
                release.flag("kill"),
                // What switches a model off is for every phone, whatever else it says.
                if (release.has("rollout") && !release.flag("kill")) Rollout.read(release.child("rollout")) else null,
                canonicalJson(listOf(model.text("name"), labels, window.members)),
            )
        }
    }
}
