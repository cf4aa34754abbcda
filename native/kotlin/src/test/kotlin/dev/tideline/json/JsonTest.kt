package dev.tideline.json

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import kotlin.random.Random

class JsonTest {
    /** Texts that ECMAScript gives for these numbers. */
    private val texts = mapOf(
        0.0 to "0", -0.0 to "0", 1.0 to "1", -1.5 to "-1.5", 0.1 to "0.1", 2e-3 to "0.002", 1e21 to "1e+21",
        1e20 to "100000000000000000000", 123456789012345680000.0 to "123456789012345680000", 1e-6 to "0.000001",
        1e-7 to "1e-7", 1.25e-9 to "1.25e-9", 5e-324 to "5e-324", 1.7976931348623157e308 to "1.7976931348623157e+308",
        2.2250738585072014e-308 to "2.2250738585072014e-308", 9007199254740993.0 to "9007199254740992",
        2e23 to "2e+23", 0.1f.toDouble() to "0.10000000149011612", 5.684341886080802e-14 to "5.684341886080802e-14",
        1.0 / 3 to "0.3333333333333333", 4.35 to "4.35", 2.0e-322 to "2e-322",
    )

    @Test
    fun `numbers are written as ECMAScript writes them`() {
        for ((number, text) in texts) assertEquals(text, numberText(number))
        for (bad in listOf(Double.NaN, Double.POSITIVE_INFINITY)) {
            assertThrows(IllegalArgumentException::class.java) { numberText(bad) }
        }
    }

    @Test
    fun `numbers come back as they were`() {
        val random = Random(7)
        repeat(100_000) {
            val number = Double.fromBits(random.nextLong())
            if (number.isFinite()) assertEquals(number, numberText(number).toDouble(), 0.0)
        }
    }

    @Test
    fun `values come back as they were`() {
        val text = """{"b":[1,-2.5e-7,true,null,"\u0001\"\\é😀"],"a":{"":[]},"__proto__":{}}"""
        assertEquals(text, jsonText(JsonReader.read(text)))
        assertEquals("""{"":1,"__proto__":2,"é":3}""", canonicalJson(mapOf("é" to 3, "__proto__" to 2, "" to 1)))
        assertEquals("\"\\ud800\"", jsonText("\ud800"))
        assertEquals("[\"\\udc00\\ud800x\"]", jsonText(listOf("\udc00\ud800x")))
        assertEquals(mapOf("a" to 2.0), JsonReader.read(""" { "a" : 1 , "a" : 2 } """))
        assertEquals("/\b\u000c\n\r\té", JsonReader.read(""""\/\b\f\n\r\t\u00E9""""))
    }

    @Test
    fun `what is no JSON is refused`() {
        val bad = listOf(
            "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.", ".5", "+1", "1e", "-", "NaN",
            "Infinity", "tru", "truex", "\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "1 1", "[", "[[", "\u00a01",
            "\ufeff1", "nul", "\"\\u１２３４\"", "[".repeat(100) + "]".repeat(100),
        )
        for (text in bad) assertThrows(JsonSyntaxException::class.java, { JsonReader.read(text) }, text)
        for (bytes in listOf(byteArrayOf(0x22, 0xc3.toByte(), 0x22), byteArrayOf(0x22, 0xed.toByte(), 0xa0.toByte(), 0x80.toByte(), 0x22))) {
            assertThrows(JsonSyntaxException::class.java) { JsonReader.read(bytes) }
        }
    }

    @Test
    fun `damaged JSON is refused or read, and never ends otherwise`() {
        val text = """{"events":[{"seq":1,"name":"a\u00e9","properties":{"x":-1.5e3,"y":[true,false,null]}}]}"""
        val random = Random(11)
        repeat(50_000) {
            val damaged = StringBuilder(text)
            repeat(1 + random.nextInt(3)) { damaged[random.nextInt(damaged.length)] = random.nextInt(32, 127).toChar() }
            try {
                JsonReader.read(damaged.toString())
            } catch (_: JsonSyntaxException) {
            }
        }
    }
}
