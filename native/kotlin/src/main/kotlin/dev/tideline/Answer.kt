package dev.tideline

import dev.tideline.definition.ModelDefinition
import dev.tideline.release.ReleaseSlot
import java.math.BigDecimal
import java.math.MathContext

/** An answer to a window, from wherever it could be had; see [Prediction]. */
internal class Answer(
    val label: String,
    val source: Prediction.Source,
    val release: String,
    val probabilities: List<Double>?,
    val reason: String?,
)

/** Digits that give the same float32 again. */
private val FLOAT_DIGITS = MathContext(9)

/** Answers windows: by the model on the device, else by the endpoint where that is allowed, else by the rule. */
internal class Answerer(
    private val model: ModelDefinition,
    private val slot: ReleaseSlot,
    private val endpoint: Endpoint,
    private val tally: Tally,
) {
    private fun byModel(probabilities: FloatArray, source: Prediction.Source, release: String, reason: String?): Answer {
        var best = 0
        for (index in probabilities.indices) if (probabilities[index] > probabilities[best]) best = index
        val decimals = probabilities.map { BigDecimal(it.toDouble()).round(FLOAT_DIGITS).toDouble() }
        return Answer(model.labels[best], source, release, decimals, reason)
    }

    private fun byRule(window: FloatArray, reason: String): Answer {
        val label = model.fallback.answer(model.window.channels, window)
        return Answer(label, Prediction.Source.RULE, "none", null, reason)
    }

    /** The answer under a consent. */
    fun answer(window: FloatArray, consent: List<String>): Answer {
        if (model.purpose !in consent) return byRule(window, ErrorCode.CONSENT_MISSING.name)
        val active = slot.current()
        val code = if (active == null) {
            slot.reason()
        } else {
            try {
                return byModel(active.run(window), Prediction.Source.DEVICE, active.release.id, null)
            } catch (error: TidelineException) {
                tally.report("predict", error)
            }
        }
        // A model that is switched off is switched off everywhere.
        if (code == ErrorCode.RELEASE_KILLED) return byRule(window, code.name)
        if (model.cloudPurpose !in consent) return byRule(window, "$code,${ErrorCode.CONSENT_MISSING}")
        return try {
            val answer = endpoint.ask(window, model)
            byModel(answer.probabilities, Prediction.Source.ENDPOINT, answer.release, code.name)
        } catch (error: TidelineException) {
            byRule(window, "$code,${tally.report("predict", error)}")
        }
    }
}
