package dev.tideline.definition

import dev.tideline.json.JsonObject

/** The part of a model's declaration that a phone needs. */
internal class ModelDefinition(
    val name: String,
    /** What a person must have consented to for the model to run at all. */
    val purpose: String,
    /** What they must have consented to before a window may be sent to the endpoint. */
    val cloudPurpose: String,
    val window: WindowDefinition,
    val labels: List<String>,
    val feedbackEvent: String,
    val feedbackPrediction: String,
    val feedbackLabel: String,
    val fallback: FallbackRule,
) {
    internal companion object {
        fun read(model: JsonObject): ModelDefinition {
            val feedback = model.child("predictionLabel")
            return ModelDefinition(
                model.text("name"),
                model.text("purpose"),
                model.text("cloudPurpose"),
                WindowDefinition.read(model.child("window")),
                model.texts("labels"),
                feedback.text("event"),
                feedback.text("predictionId"),
                feedback.text("label"),
                FallbackRule.read(model.child("fallback")),
            )
        }
    }
}
