package dev.tideline

/**
 * An answer of `predict`.
 *
 * @property id names the prediction; `feedback` takes it
 * @property release id of the release that answered, or `none`
 * @property probabilities in the order of the model's labels; null where the rule answered
 * @property reason codes that say why the places before this one could not answer, joined by commas; null for the device
 */
public class Prediction(
    public val id: String,
    public val label: String,
    public val source: Source,
    public val release: String,
    public val probabilities: List<Double>?,
    public val reason: String?,
    public val latencyMs: Double,
) {
    /** Where an answer was made. */
    public enum class Source(internal val wire: String) {
        /** By a model on this device. */
        DEVICE("device"),

        /** By the server. */
        ENDPOINT("endpoint"),

        /** By the rule of last resort. */
        RULE("rule"),
    }
}
