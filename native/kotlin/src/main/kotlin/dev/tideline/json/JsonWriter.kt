package dev.tideline.json

/**
 * JSON of plain values, without white space. Numbers are written as ECMAScript writes them and lone surrogates are
 * escaped, so that the text of a value is the same as in the other clients. With `sorted` the keys stand in the order
 * of their UTF-16 units: the canonical text whose hash names the value.
 *
 * @throws IllegalArgumentException for NaN, infinities and values that JSON has not
 */
internal class JsonWriter(private val sorted: Boolean = false) {
    private val text = StringBuilder()

    private fun string(value: String) {
        text.append('"')
        for ((index, unit) in value.withIndex()) {
            when {
                unit == '"' -> text.append("\\\"")
                unit == '\\' -> text.append("\\\\")
                unit == '\b' -> text.append("\\b")
                unit == '\u000c' -> text.append("\\f")
                unit == '\n' -> text.append("\\n")
                unit == '\r' -> text.append("\\r")
                unit == '\t' -> text.append("\\t")
                unit < ' ' || isLone(value, index) -> text.append("\\u").append(hex(unit))
                else -> text.append(unit)
            }
        }
        text.append('"')
    }

    private fun isLone(value: String, index: Int): Boolean = when {
        value[index].isHighSurrogate() -> !value.getOrElse(index + 1) { ' ' }.isLowSurrogate()
        value[index].isLowSurrogate() -> !value.getOrElse(index - 1) { ' ' }.isHighSurrogate()
        else -> false
    }

    private fun hex(unit: Char): String = unit.code.toString(16).padStart(4, '0')

    private fun members(value: Map<*, *>) {
        val keys = value.keys.map { it as? String ?: throw IllegalArgumentException("a key that is no string") }
        text.append('{')
        for ((index, key) in (if (sorted) keys.sorted() else keys).withIndex()) {
            if (index > 0) text.append(',')
            string(key)
            text.append(':')
            write(value[key])
        }
        text.append('}')
    }

    private fun items(value: Iterable<*>) {
        text.append('[')
        for ((index, item) in value.withIndex()) {
            if (index > 0) text.append(',')
            write(item)
        }
        text.append(']')
    }

    fun write(value: Any?): JsonWriter {
        when (value) {
            null, is Boolean -> text.append(value)
            is String -> string(value)
            is Number -> text.append(numberText(value.toDouble()))
            is Map<*, *> -> members(value)
            is Iterable<*> -> items(value)
            is FloatArray -> items(value.asIterable())
            is DoubleArray -> items(value.asIterable())
            is IntArray -> items(value.asIterable())
            else -> throw IllegalArgumentException("a ${value.javaClass.simpleName} has no JSON")
        }
        return this
    }

    override fun toString(): String = text.toString()
}

/** JSON text of a value. */
internal fun jsonText(value: Any?): String = JsonWriter().write(value).toString()

/** JSON of a value as UTF-8. */
internal fun jsonBytes(value: Any?): ByteArray = jsonText(value).toByteArray(Charsets.UTF_8)

/** The one text of a value: sorted keys, no white space. */
internal fun canonicalJson(value: Any?): String = JsonWriter(sorted = true).write(value).toString()
