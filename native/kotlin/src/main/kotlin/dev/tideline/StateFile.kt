package dev.tideline

import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException
import dev.tideline.json.jsonBytes

/**
 * The value of a state file of format 1, or null where there is none or it is damaged: files are replaced whole, so
 * that a damaged one means lost storage, which the caller treats as such.
 */
@Suppress("UNCHECKED_CAST")
internal fun Storage.readState(name: String): Map<String, Any?>? {
    val bytes = read(name) ?: return null
    return try {
        (JsonReader.read(bytes) as? Map<String, Any?>)?.takeIf { it["format"] == 1.0 }
    } catch (_: JsonSyntaxException) {
        null
    }
}

/** Replaces a state file; durable when it returns. */
internal fun Storage.writeState(name: String, value: Map<String, Any?>): Unit = write(name, jsonBytes(value))
