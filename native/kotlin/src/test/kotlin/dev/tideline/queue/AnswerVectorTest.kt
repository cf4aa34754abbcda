package dev.tideline.queue

import dev.tideline.NetworkResponse
import dev.tideline.SmallApp
import dev.tideline.Vectors
import dev.tideline.World
import dev.tideline.at
import dev.tideline.long
import dev.tideline.respond
import dev.tideline.wire.decodeBatch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/** A client that sent the numbers 1 to 10 does with each answer of `vectors/wire/answers.json` what it says. */
class AnswerVectorTest {
    private fun response(vector: Any?): NetworkResponse {
        @Suppress("UNCHECKED_CAST")
        val headers = (vector as Map<String, Any?>)["headers"] as? Map<String, String> ?: emptyMap()
        return NetworkResponse(vector.at("status").long().toInt(), headers, (vector.at("body") as String).toByteArray())
    }

    private fun check(vector: Any?) {
        val world = World()
        val client = world.open()
        client.setConsent(SmallApp.consent)
        repeat(10) { client.track("tap", mapOf("target" to "t$it")) }
        // The first answer is the vector's; then the key is wrong, so that the client stops.
        world.answer = { if (world.requests.size == 1) response(vector) else respond(401, "") }
        client.flush()
        val sizes = world.requests.map { (decodeBatch(it.body!!).header.at("events") as List<*>).size }
        val forgotten = client.acknowledged().values.flatMap { it.ranges }.map { listOf(it.first, it.last) }
        val expected = ((vector as Map<*, *>)["forget"] as? List<*>).orEmpty().map { listOf(it.at(0).long(), it.at(1).long()) }
        assertEquals(expected, forgotten)
        val left = 10 - forgotten.sumOf { it[1] - it[0] + 1 }.toInt()
        assertEquals(left, client.diagnostics().events.pending)
        when (vector["action"]) {
            "forget" -> assertEquals(if (left == 0) listOf(10) else listOf(10, left), sizes)
            "retry" -> {
                assertEquals(listOf(10, 10), sizes)
                val wait = world.pauses.single()
                (vector["waitMs"] as? Double)?.let { assertEquals(it.toLong(), wait) } ?: assertTrue(wait in 250..500)
            }
            "halve" -> assertEquals(listOf(10, 5), sizes)
            "stop" -> {
                assertEquals(listOf(10), sizes)
                assertTrue(client.diagnostics().uploads.stopped)
            }
            else -> throw AssertionError(vector["action"])
        }
    }

    @TestFactory
    fun answers(): List<DynamicTest> = (Vectors.json("wire/answers.json") as List<*>).map { vector ->
        dynamicTest(vector.at("name") as String) { check(vector) }
    }
}
