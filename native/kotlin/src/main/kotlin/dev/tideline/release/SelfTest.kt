package dev.tideline.release

import dev.tideline.Clock
import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import dev.tideline.fault
import dev.tideline.json.JsonObject
import kotlin.math.abs
import kotlin.math.sqrt

/**
 * Runs the release's synthetic windows on this very device and compares, before anything of a person meets the model.
 * A variant with answers of its own is held to these, by the root mean square of all differences; the others to the
 * graph's, by the largest. Gives the milliseconds for a window.
 *
 * @throws TidelineException `SELF_TEST_FAILED`, `ARTIFACT_CORRUPT`
 */
internal fun selfTest(model: ActiveModel, variant: Variant, vectorBytes: ByteArray, clock: Clock): Double {
    val who = "self-test of release ${model.release.version}"
    val vectors = JsonObject.parse(vectorBytes, who, ErrorCode.ARTIFACT_CORRUPT)
    val own = if (vectors.has("variants")) vectors.named("variants")[variant.sha256] else null
    val bound = own?.number("deviation") ?: vectors.number("tolerance")
    val windows = rows(vectors, "windows", who)
    val probabilities = rows(own ?: vectors, "probabilities", who)
    val width = model.release.size * model.release.channels
    val whole = windows.isNotEmpty() && windows.size == probabilities.size && windows.all { it.size == width } &&
        probabilities.all { it.size == model.release.labels.size }
    if (!whole) throw fault(ErrorCode.ARTIFACT_CORRUPT, who, expected = "windows with their probabilities")
    var nanos = 0L
    val apart = ArrayList<Double>()
    for ((index, window) in windows.withIndex()) {
        val values = FloatArray(width) { window[it].toFloat() }
        val begun = clock.nanos()
        val answer = model.run(values)
        nanos += clock.nanos() - begun
        for (label in answer.indices) apart.add(abs(answer[label] - probabilities[index][label]))
    }
    val worst = if (own == null) apart.max() else sqrt(apart.sumOf { it * it } / apart.size)
    // Not `>`: what is no number is no agreement.
    if (!(worst <= bound)) {
        throw fault(
            ErrorCode.SELF_TEST_FAILED,
            who,
            variant.sha256,
            "probabilities within $bound",
            "a difference of $worst",
            "The last good model stays in use.",
        )
    }
    return nanos / 1e6 / windows.size
}

private fun rows(vectors: JsonObject, key: String, who: String): List<List<Double>> = vectors.list(key).map { row ->
    (row as? List<*>)?.map { it as? Double ?: throw corrupt(who, key) } ?: throw corrupt(who, key)
}

private fun corrupt(who: String, key: String): TidelineException =
    fault(ErrorCode.ARTIFACT_CORRUPT, who, key, "lists of numbers")
