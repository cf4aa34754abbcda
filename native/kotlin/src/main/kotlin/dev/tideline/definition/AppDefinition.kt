package dev.tideline.definition

import dev.tideline.Digest
import dev.tideline.ErrorCode
import dev.tideline.fault
import dev.tideline.hex
import dev.tideline.json.JsonObject
import dev.tideline.json.canonicalJson

/**
 * Everything that an app declares, once, in TypeScript: events, purposes, models. It is plain data; the app ships it
 * as JSON (`JSON.stringify(app)`), and server and phone read the same.
 */
public class AppDefinition private constructor(
    /** Name of the app. */
    public val name: String,
    /** Each purpose with the words that a person reads. */
    public val purposes: Map<String, String>,
    /** Purposes that count even under an opt-out signal. */
    internal val essential: List<String>,
    internal val events: Map<String, EventDefinition>,
    internal val models: List<ModelDefinition>,
    private val plain: Map<String, Any?>,
) {
    /** Lower-case hexadecimal SHA-256 of the canonical JSON: the content address, the same everywhere. */
    internal fun contentHash(digest: Digest): String =
        hex(digest.sha256(canonicalJson(plain).toByteArray(Charsets.UTF_8)))

    /** Reads definitions. */
    public companion object {
        /**
         * The definition of an app from its JSON.
         *
         * @throws dev.tideline.TidelineException `DEFINITION_ILLEGAL`
         * @sample dev.tideline.samples.openClient
         */
        @JvmStatic
        public fun parse(json: ByteArray): AppDefinition {
            val app = JsonObject.parse(json, "app", ErrorCode.DEFINITION_ILLEGAL)
            val purposes = app.child("purposes").let { all -> all.members.mapValues { all.text(it.key) } }
            val events = app.named("events").mapValues { EventDefinition.read(it.value) }
            val models = if (app.has("models")) app.children("models").map { ModelDefinition.read(it) } else emptyList()
            fun check(who: String, expected: Map<String, *>, received: String) {
                if (received in expected) return
                val known = expected.keys.joinToString(" or ")
                throw fault(ErrorCode.DEFINITION_ILLEGAL, who, expected = known, received = received)
            }
            for (event in events.values) {
                check("event \"${event.name}\".purpose", purposes, event.purpose)
                for ((field, type) in event.fields) {
                    type.purpose?.let { check("event \"${event.name}\".$field.purpose", purposes, it) }
                }
            }
            for (model in models) {
                check("model \"${model.name}\".window.event", events, model.window.event)
                check("model \"${model.name}\".predictionLabel.event", events, model.feedbackEvent)
                check("model \"${model.name}\".purpose", purposes, model.purpose)
                check("model \"${model.name}\".cloudPurpose", purposes, model.cloudPurpose)
            }
            val essential = if (app.has("essential")) app.texts("essential") else emptyList()
            return AppDefinition(app.text("name"), purposes, essential, events, models, app.members)
        }
    }
}
