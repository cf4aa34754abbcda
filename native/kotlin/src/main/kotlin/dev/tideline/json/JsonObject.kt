package dev.tideline.json

import dev.tideline.ErrorCode
import dev.tideline.fault
import kotlin.math.abs

/** A JSON object from outside whose members are read by type; one of another type throws [code] and names it. */
internal class JsonObject(
    val members: Map<String, Any?>,
    private val who: String,
    private val code: ErrorCode,
) {
    private inline fun <reified T> member(key: String, expected: String): T =
        members[key] as? T ?: throw fault(code, who, key, expected, describe(members[key]))

    fun text(key: String): String = member(key, "text")

    fun number(key: String): Double = member(key, "a number")

    fun flag(key: String): Boolean = member(key, "true or false")

    /** A whole number that a float64 holds exactly. */
    fun whole(key: String): Long {
        val number = number(key)
        if (abs(number) < 9007199254740992.0 && number == Math.floor(number)) return number.toLong()
        throw fault(code, who, key, "a whole number", number.toString())
    }

    /** A whole number from 0 to 2^31 - 1. */
    fun count(key: String): Int {
        val number = whole(key)
        if (number in 0..Int.MAX_VALUE) return number.toInt()
        throw fault(code, who, key, "a number from 0 to ${Int.MAX_VALUE}", number.toString())
    }

    fun child(key: String): JsonObject = inner(key, member<Map<*, *>>(key, "an object"))

    fun texts(key: String): List<String> = member<List<*>>(key, "a list of texts").map {
        it as? String ?: throw fault(code, who, key, "a list of texts", describe(it))
    }

    fun numbers(key: String): List<Double> = member<List<*>>(key, "a list of numbers").map {
        it as? Double ?: throw fault(code, who, key, "a list of numbers", describe(it))
    }

    fun list(key: String): List<*> = member(key, "a list")

    fun children(key: String): List<JsonObject> = member<List<*>>(key, "a list of objects").map {
        inner(key, it as? Map<*, *> ?: throw fault(code, who, key, "a list of objects", describe(it)))
    }

    /** The members of an object that are objects themselves, by name. */
    fun named(key: String): Map<String, JsonObject> = child(key).let { all ->
        all.members.mapValues { (name, _) -> all.child(name) }
    }

    /** Whether a member is there; null counts as absent. */
    fun has(key: String): Boolean = members[key] != null

    @Suppress("UNCHECKED_CAST")
    private fun inner(key: String, members: Map<*, *>) =
        JsonObject(members as Map<String, Any?>, "$who.$key", code)

    internal companion object {
        /** The object that bytes hold as JSON. */
        @Suppress("UNCHECKED_CAST")
        fun parse(bytes: ByteArray, who: String, code: ErrorCode): JsonObject {
            val value = try {
                JsonReader.read(bytes)
            } catch (cause: JsonSyntaxException) {
                throw fault(code, who, expected = "JSON", received = "other content", cause = cause)
            }
            return of(value, who, code)
        }

        /** A parsed value that must be an object. */
        @Suppress("UNCHECKED_CAST")
        fun of(value: Any?, who: String, code: ErrorCode): JsonObject = JsonObject(
            value as? Map<String, Any?> ?: throw fault(code, who, expected = "an object", received = describe(value)),
            who,
            code,
        )

        private fun describe(value: Any?): String = when (value) {
            null -> "nothing"
            is Map<*, *> -> "an object"
            is List<*> -> "a list of ${value.size}"
            is String -> "text"
            is Double -> value.toString()
            else -> value.javaClass.simpleName.lowercase()
        }
    }
}
