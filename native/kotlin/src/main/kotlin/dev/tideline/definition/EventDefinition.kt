package dev.tideline.definition

import dev.tideline.json.JsonObject

/** The declaration of an event: its newest version's fields and the purpose that a person must consent to. */
internal class EventDefinition(
    val name: String,
    val version: Int,
    val purpose: String,
    val fields: Map<String, FieldType>,
) {
    internal companion object {
        fun read(event: JsonObject): EventDefinition = EventDefinition(
            event.text("name"),
            event.count("version"),
            event.text("purpose"),
            event.named("fields").mapValues { FieldType.read(it.value) },
        )
    }
}
