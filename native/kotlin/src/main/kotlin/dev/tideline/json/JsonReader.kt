package dev.tideline.json

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

/** Text that is no JSON (RFC 8259), JSON deeper than [JsonReader.MAX_DEPTH] or with a number beyond a float64's range. */
internal class JsonSyntaxException(message: String) : Exception(message)

/**
 * Reads JSON into plain values: `Map<String, Any?>` in the text's order, `List<Any?>`, `String`, `Double`, `Boolean`,
 * `null`. Strict, except that a key given twice keeps its last value, as in ECMAScript.
 */
internal class JsonReader private constructor(private val text: String) {
    private var at = 0

    private fun fail(): Nothing = throw JsonSyntaxException("no JSON at character $at")

    private fun skipSpace() {
        while (at < text.length && text[at].let { it == ' ' || it == '\n' || it == '\r' || it == '\t' }) at++
    }

    private fun take(expected: Char): Boolean {
        skipSpace()
        if (at >= text.length || text[at] != expected) return false
        at++
        return true
    }

    private fun word(word: String, value: Any?): Any? {
        if (!text.startsWith(word, at)) fail()
        at += word.length
        return value
    }

    private fun value(depth: Int): Any? {
        if (depth > MAX_DEPTH) fail()
        skipSpace()
        return when (text.getOrElse(at) { fail() }) {
            '{' -> members(depth)
            '[' -> items(depth)
            '"' -> string()
            't' -> word("true", true)
            'f' -> word("false", false)
            'n' -> word("null", null)
            else -> number()
        }
    }

    private fun members(depth: Int): Map<String, Any?> {
        at++
        val members = LinkedHashMap<String, Any?>()
        if (take('}')) return members
        do {
            skipSpace()
            if (at >= text.length || text[at] != '"') fail()
            val key = string()
            if (!take(':')) fail()
            members[key] = value(depth + 1)
        } while (take(','))
        if (!take('}')) fail()
        return members
    }

    private fun items(depth: Int): List<Any?> {
        at++
        val items = ArrayList<Any?>()
        if (take(']')) return items
        do items.add(value(depth + 1)) while (take(','))
        if (!take(']')) fail()
        return items
    }

    private fun string(): String {
        val start = ++at
        while (at < text.length && text[at] != '"' && text[at] != '\\' && text[at] >= ' ') at++
        if (at < text.length && text[at] == '"') return text.substring(start, at++)
        val built = StringBuilder(text.substring(start, at))
        while (true) {
            val character = text.getOrElse(at++) { fail() }
            when {
                character == '"' -> return built.toString()
                character == '\\' -> built.append(escape())
                character < ' ' -> fail()
                else -> built.append(character)
            }
        }
    }

    private fun escape(): Char = when (text.getOrElse(at++) { fail() }) {
        '"' -> '"'
        '\\' -> '\\'
        '/' -> '/'
        'b' -> '\b'
        'f' -> '\u000c'
        'n' -> '\n'
        'r' -> '\r'
        't' -> '\t'
        'u' -> {
            var code = 0
            repeat(4) {
                val digit = Character.digit(text.getOrElse(at++) { fail() }.also { c -> if (c > 'f') fail() }, 16)
                if (digit < 0) fail()
                code = code * 16 + digit
            }
            code.toChar()
        }
        else -> fail()
    }

    private fun digits() {
        val start = at
        while (at < text.length && text[at] in '0'..'9') at++
        if (at == start) fail()
    }

    private fun number(): Double {
        val start = at
        if (text[at] == '-') at++
        if (at < text.length && text[at] == '0') at++ else digits()
        if (at < text.length && text[at] == '.') {
            at++
            digits()
        }
        if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
            at++
            if (at < text.length && (text[at] == '+' || text[at] == '-')) at++
            digits()
        }
        return text.substring(start, at).toDouble().also { if (it.isInfinite()) fail() }
    }

    internal companion object {
        /** Containers within containers: the deepest file of the project has 9. */
        const val MAX_DEPTH: Int = 64

        /** The value of a whole text. */
        fun read(text: String): Any? {
            val reader = JsonReader(text)
            val value = reader.value(0)
            reader.skipSpace()
            if (reader.at != text.length) reader.fail()
            return value
        }

        /** The value of UTF-8 bytes; malformed UTF-8 is no JSON. */
        fun read(bytes: ByteArray): Any? {
            val decoder = Charsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
            try {
                return read(decoder.decode(ByteBuffer.wrap(bytes)).toString())
            } catch (_: CharacterCodingException) {
                throw JsonSyntaxException("no UTF-8")
            }
        }
    }
}
