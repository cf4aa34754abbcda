package dev.tideline.definition

import dev.tideline.json.JsonObject
import kotlin.math.sqrt

/** What a phone answers when nothing else can: the first condition that holds, else [otherwise]. */
internal class FallbackRule(private val conditions: List<Condition>, private val otherwise: String) {
    /** Holds where the root mean square of some channels, pooled, is above a bound. */
    internal class Condition(val channels: List<String>, val rmsAbove: Double, val label: String)

    /** The label for a window `[size, channels]`; needs no model and no network. */
    fun answer(channels: List<String>, window: FloatArray): String =
        conditions.find { rootMeanSquare(window, channels, it.channels) > it.rmsAbove }?.label ?: otherwise

    private fun rootMeanSquare(window: FloatArray, channels: List<String>, wanted: List<String>): Double {
        val indices = wanted.map { channels.indexOf(it) }
        var sum = 0.0
        for (from in window.indices step channels.size) {
            for (index in indices) {
                val value = if (index < 0) Double.NaN else window[from + index].toDouble()
                sum += value * value
            }
        }
        return sqrt(sum / (window.size / channels.size * indices.size))
    }

    internal companion object {
        fun read(rule: JsonObject): FallbackRule = FallbackRule(
            rule.children("when").map {
                Condition(it.texts("channels"), it.number("rmsAbove"), it.text("label"))
            },
            rule.text("otherwise"),
        )
    }
}
