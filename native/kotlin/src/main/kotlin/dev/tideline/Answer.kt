package dev.tideline

import dev.tideline.definition.ModelDefinition
import dev.tideline.release.ReleaseSlot
import java.math.BigDecimal
import java.math.MathContext
import kotlin.math.abs

/** An answer to a window, from wherever it could be had; see [Prediction]. */
internal class Answer(
    val label: String,
    val source: Prediction.Source,
    val release: String,
    val runtime: String?,
    val probabilities: List<Double>?,
    val reason: String?,
)

/** Digits that give the same float32 again. */
private val FLOAT_DIGITS = MathContext(9)

/**
 * Answers windows of a model: by the phone's runtimes, else by the endpoint where that is allowed, else by the last
 * answer of the session, else by the rule.
 *
 * @param endpoint null where the app does not want to be asked
 */
internal class Answerer(
    private val model: ModelDefinition,
    private val slot: ReleaseSlot,
    private val endpoint: Endpoint?,
    private val tally: Tally,
    private val lastAnswerMs: Long,
) {
    private class Last(val session: String, val time: Long, val answer: Answer)

    @Volatile
    private var last: Last? = null

    private fun decide(values: FloatArray, source: Prediction.Source, release: String, runtime: String?, reason: String?): Answer {
        var best = 0
        for (index in values.indices) if (values[index] > values[best]) best = index
        val decimals = values.map { BigDecimal(it.toDouble()).round(FLOAT_DIGITS).toDouble() }
        return Answer(model.labels[best], source, release, runtime, decimals, reason)
    }

    /** The answer under the consent of the moment, for a window of a session at an event time. */
    fun answer(window: FloatArray, granted: () -> List<String>, session: String, time: Long): Answer {
        val consent = granted()
        val reasons = ArrayList<String>()
        fun byRule(): Answer {
            val label = model.fallback.answer(model.window.channels, window)
            return Answer(label, Prediction.Source.RULE, "none", null, null, reasons.joinToString(","))
        }
        fun remember(answer: Answer) = answer.also { last = Last(session, time, it) }
        if (model.purpose !in consent) {
            reasons.add(ErrorCode.CONSENT_MISSING.name)
            return byRule()
        }
        val own = slot.run(window) { place, code -> reasons.add(if (place == null) code.name else "$place:$code") }
        if (own != null) {
            val reason = reasons.joinToString(",").ifEmpty { null }
            return remember(decide(own.probabilities, Prediction.Source.DEVICE, own.release, own.runtime, reason))
        }
        // A model that is switched off is switched off everywhere.
        if (ErrorCode.RELEASE_KILLED.name in reasons) return byRule()
        if (endpoint != null && model.cloudPurpose !in consent) {
            reasons.add("cloud:${ErrorCode.CONSENT_MISSING}")
        } else if (endpoint != null) {
            try {
                val said = endpoint.ask(window, model) { granted().containsAll(listOf(model.purpose, model.cloudPurpose)) }
                val reason = reasons.joinToString(",")
                return remember(decide(said.probabilities, Prediction.Source.ENDPOINT, said.release, null, reason))
            } catch (error: TidelineException) {
                reasons.add("cloud:${tally.report("predict", error)}")
            }
        }
        val before = last?.takeIf { it.session == session && abs(time - it.time) <= lastAnswerMs }?.answer
        if (before != null) {
            val reason = reasons.joinToString(",")
            return before.run { Answer(label, Prediction.Source.LAST, release, runtime, probabilities, reason) }
        }
        reasons.add("last:${ErrorCode.NOT_FOUND}")
        return byRule()
    }

    /** Forgets the last answer. */
    fun forget() {
        last = null
    }
}
