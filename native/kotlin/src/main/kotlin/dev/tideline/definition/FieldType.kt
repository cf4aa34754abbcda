package dev.tideline.definition

import dev.tideline.ErrorCode
import dev.tideline.fault
import dev.tideline.json.JsonObject
import dev.tideline.wire.Frame
import kotlin.math.abs

/**
 * The type of one field of an event.
 *
 * @property optional whether the field may be absent
 * @property purpose what the person must have consented to, besides the event's own purpose, for the field to be kept
 */
internal sealed class FieldType(val optional: Boolean, val purpose: String?) {
    /** What is wrong with a value, or null. */
    abstract fun fault(value: Any): String?

    class Text(val maxLength: Int, val oneOf: List<String>?, optional: Boolean, purpose: String?) :
        FieldType(optional, purpose) {
        override fun fault(value: Any): String? = when {
            value !is String -> "expected text, received ${nameOf(value)}"
            value.length > maxLength -> "expected at most $maxLength characters, received ${value.length}"
            oneOf != null && value !in oneOf -> "expected one of ${oneOf.joinToString()}"
            else -> null
        }
    }

    class Numeric(
        val whole: Boolean,
        val min: Double?,
        val max: Double?,
        optional: Boolean,
        purpose: String?,
    ) : FieldType(optional, purpose) {
        override fun fault(value: Any): String? {
            val number = (value as? Number)?.toDouble() ?: return "expected a number, received ${nameOf(value)}"
            return when {
                number.isNaN() || number.isInfinite() -> "expected a finite number, received $number"
                whole && (number != Math.floor(number) || abs(number) > SAFE) -> "expected a whole number, received $number"
                min != null && number < min -> "expected at least $min, received $number"
                max != null && number > max -> "expected at most $max, received $number"
                else -> null
            }
        }
    }

    class Flag(optional: Boolean, purpose: String?) : FieldType(optional, purpose) {
        override fun fault(value: Any): String? =
            if (value is Boolean) null else "expected true or false, received ${nameOf(value)}"
    }

    class Vector(val size: Int, optional: Boolean, purpose: String?) : FieldType(optional, purpose) {
        override fun fault(value: Any): String? {
            val numbers = when (value) {
                is FloatArray -> value.map { it.toDouble() }
                is DoubleArray -> value.asList()
                is List<*> -> value.map { (it as? Number)?.toDouble() ?: Double.NaN }
                else -> return "expected $size numbers, received ${nameOf(value)}"
            }
            val fits = numbers.size == size && numbers.none { it.isNaN() || it.isInfinite() }
            return if (fits) null else "expected $size finite numbers, received ${numbers.size}"
        }
    }

    class Samples(
        val channels: List<String>,
        val units: List<String>,
        val rate: Double,
        optional: Boolean,
        purpose: String?,
    ) : FieldType(optional, purpose) {
        override fun fault(value: Any): String? = when {
            value !is Frame -> "expected a frame, received ${nameOf(value)}"
            value.channels != channels.size -> "expected ${channels.size} channels, received ${value.channels}"
            value.rate != null && abs(value.rate - rate) * 10 > rate ->
                "expected a rate within a tenth of $rate Hz, received ${value.rate}"
            value.units != null && value.units != units -> "expected the units $units, received ${value.units}"
            else -> null
        }
    }

    /** Media by reference; the bytes stay on the phone. A value is a map of `sha256`, `bytes` and `type`. */
    class Media(val types: List<String>, val maxBytes: Double, optional: Boolean, purpose: String?) :
        FieldType(optional, purpose) {
        override fun fault(value: Any): String? {
            val map = value as? Map<*, *> ?: return "expected a reference, received ${nameOf(value)}"
            val bytes = (map["bytes"] as? Number)?.toDouble() ?: 0.0
            return when {
                map.keys != MEMBERS -> "expected ${MEMBERS.joinToString()} and nothing else"
                (map["sha256"] as? String)?.matches(SHA256) != true -> "expected sha256 in 64 hexadecimal digits, lower case"
                bytes != Math.floor(bytes) || bytes < 1 || bytes > maxBytes -> "expected from 1 to $maxBytes bytes, received $bytes"
                map["type"] !in types -> "expected one of the types ${types.joinToString()}"
                else -> null
            }
        }

        private companion object {
            val MEMBERS = setOf("sha256", "bytes", "type")
            val SHA256 = Regex("[0-9a-f]{64}")
        }
    }

    internal companion object {
        /** 2^53 - 1. */
        private const val SAFE = 9007199254740991.0

        private fun nameOf(value: Any): String = value.javaClass.simpleName

        /** The type that a definition declares. */
        fun read(field: JsonObject): FieldType {
            val optional = field.has("optional") && field.flag("optional")
            val purpose = if (field.has("purpose")) field.text("purpose") else null
            fun bound(key: String) = if (field.has(key)) field.number(key) else null
            return when (val kind = field.text("kind")) {
                "string" -> {
                    val oneOf = if (field.has("oneOf")) field.texts("oneOf") else null
                    Text(field.count("maxLength"), oneOf, optional, purpose)
                }
                "int", "time", "float" -> Numeric(kind != "float", bound("min"), bound("max"), optional, purpose)
                "media" -> Media(field.texts("types"), field.number("maxBytes"), optional, purpose)
                "boolean" -> Flag(optional, purpose)
                "vector" -> Vector(field.count("size"), optional, purpose)
                "frame" ->
                    Samples(field.texts("channels"), field.texts("units"), field.number("rate"), optional, purpose)
                else -> throw fault(
                    ErrorCode.DEFINITION_ILLEGAL,
                    "field type",
                    expected = "a kind that this version of the library knows",
                    received = kind,
                    remedy = "Update dev.tideline:tideline-core.",
                )
            }
        }
    }
}
