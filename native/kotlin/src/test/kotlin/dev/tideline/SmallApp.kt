package dev.tideline

import dev.tideline.definition.AppDefinition
import dev.tideline.json.jsonBytes

/** A small app: one model of two labels over windows of 8 samples and 3 channels. */
object SmallApp {
    private fun text(most: Int, vararg more: Pair<String, Any>) = mapOf("kind" to "string", "maxLength" to most) + more

    private fun event(name: String, purpose: String, vararg fields: Pair<String, Any>) = name to mapOf(
        "name" to name,
        "version" to 1,
        "purpose" to purpose,
        "retain" to "90d",
        "fields" to mapOf(*fields),
        "previous" to emptyList<Any>(),
    )

    val window: Map<String, Any> = mapOf(
        "name" to "gait",
        "event" to "motion",
        "eventVersion" to 1,
        "field" to "samples",
        "session" to "session",
        "start" to "start",
        "input" to listOf("acc_x", "acc_y"),
        "rate" to 50,
        "size" to 8,
        "hop" to 4,
        "gravity" to mapOf("channels" to listOf("acc_x"), "cutoff" to 0.3),
        "channels" to listOf("body_acc_x", "gravity_acc_x", "acc_y"),
    )

    private val optional = "optional" to true

    private val frame = mapOf(
        "kind" to "frame",
        "channels" to listOf("acc_x", "acc_y"),
        "units" to listOf("g", "g"),
        "rate" to 50,
    )

    val plain: Map<String, Any> = mapOf(
        "name" to "small",
        "purposes" to mapOf("improve" to "i", "analytics" to "a", "cloud" to "c", "location" to "l"),
        "events" to mapOf(
            event(
                "motion",
                "improve",
                "session" to text(64),
                "start" to mapOf("kind" to "int", "min" to 0),
                "samples" to frame,
                "place" to frame + optional + ("purpose" to "location"),
            ),
            event(
                "tap",
                "analytics",
                "target" to text(256),
                "count" to mapOf("kind" to "int", "min" to 0, optional),
                "near" to text(64, optional, "purpose" to "location"),
                "point" to mapOf("kind" to "vector", "size" to 2, optional),
            ),
            event("correction", "improve", "prediction_id" to text(64), "activity" to text(64)),
            event(
                "prediction",
                "improve",
                "prediction_id" to text(64),
                "session" to text(64),
                "start" to mapOf("kind" to "int", "min" to 0),
                "model" to text(64),
                "release" to text(64),
                "definition" to text(64),
                "label" to text(64),
                "probabilities" to mapOf("kind" to "vector", "size" to 2, optional),
                "source" to text(256),
                "reason" to text(256, optional),
                "latency_ms" to mapOf("kind" to "float", "min" to 0),
            ),
        ),
        "views" to emptyList<Any>(),
        "models" to listOf(
            mapOf(
                "name" to "activity",
                "purpose" to "improve",
                "cloudPurpose" to "cloud",
                "window" to window,
                "labels" to listOf("still", "moving"),
                "predictionLabel" to mapOf("event" to "correction", "predictionId" to "prediction_id", "label" to "activity"),
                "fallback" to mapOf(
                    "when" to listOf(mapOf("channels" to listOf("body_acc_x"), "rmsAbove" to 0.5, "label" to "moving")),
                    "otherwise" to "still",
                ),
            ),
        ),
    )

    val definition: AppDefinition = AppDefinition.parse(jsonBytes(plain))

    val consent = listOf("improve", "analytics")
}
