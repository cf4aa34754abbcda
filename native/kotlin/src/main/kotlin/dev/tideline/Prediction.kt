package dev.tideline

/**
 * An answer of `predict`.
 *
 * @property id names the prediction; `feedback` takes it
 * @property release id of the release that answered, or `none`
 * @property runtime `tier/name` of the runtime that answered; null where no model on the phone did
 * @property probabilities in the order of the model's labels; null where the rule answered
 * @property reason why each place before this one could not answer, as `place:CODE`, joined by commas:
 * `cpu/onnx:RUNTIME_UNSUPPORTED`, `cpu/onnx:RUNTIME_CRASHED`, `device:NOT_FOUND` (no model at hand), `cloud:CONSENT_MISSING`, `last:NOT_FOUND`;
 * `CONSENT_MISSING` alone where the person has not consented to the model's purpose, `RELEASE_KILLED` alone where it is
 * switched off; null where the first place answered
 */
public class Prediction(
    public val id: String,
    public val label: String,
    public val source: Source,
    public val release: String,
    public val runtime: String?,
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

        /** By repeating the last answer of the session. */
        LAST("last"),

        /** By the rule of last resort. */
        RULE("rule"),
    }
}
