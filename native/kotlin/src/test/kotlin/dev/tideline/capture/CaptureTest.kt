package dev.tideline.capture

import dev.tideline.Prediction
import dev.tideline.SmallApp
import dev.tideline.World
import dev.tideline.acknowledge
import dev.tideline.at
import dev.tideline.console
import dev.tideline.Signing
import dev.tideline.respond
import dev.tideline.wire.decodeBatch
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.random.Random

class CaptureTest {
    private val world = World()

    @Test
    fun `how samples are cut into pushes changes nothing`() {
        val window = SmallApp.definition.models.single().window
        val random = Random(1)
        val values = FloatArray(200) { random.nextFloat() }
        val whole = Framer(window).push(0, values)
        assertEquals(listOf(0L, 4L, 8L), whole.map { it.start }.take(3))
        val framer = Framer(window)
        val pieces = ArrayList<Window>()
        var from = 0
        while (from < 100) {
            val count = minOf(1 + random.nextInt(7), 100 - from)
            pieces += framer.push(from.toLong(), values.copyOfRange(from * 2, (from + count) * 2))
            from += count
        }
        assertEquals(whole.size, pieces.size)
        for (index in whole.indices) assertArrayEquals(whole[index].values, pieces[index].values)
        assertEquals(listOf(500L), framer.push(500, FloatArray(16)).map { it.start })
    }

    @Test
    fun `frames are recorded and windows answered`() {
        world.answer = console(Signing.release(1, gain = 0.0))
        val client = world.open()
        client.setConsent(SmallApp.consent)
        client.update()
        val capture = client.capture("s", 1_700_000_000_000, frameSamples = 10)
        val predictions = capture.push(FloatArray(50) { 1f })
        capture.skip(5)
        capture.push(FloatArray(6))
        capture.finish()
        assertEquals(listOf(0L, 4L, 8L, 12L, 16L), predictions.map { it.start })
        assertTrue(predictions.all { it.prediction.source == Prediction.Source.DEVICE && it.prediction.label == "still" })
        world.answer = ::acknowledge
        client.flush()
        val events = world.requests.filter { it.method == "POST" }.flatMap { decodeBatch(it.body!!).header.at("events") as List<*> }
        val frames = events.filter { it.at("name") == "motion" }.map { it.at("properties", "start") to it.at("properties", "samples", "samples") }
        assertEquals(listOf<Any?>(0.0 to 10.0, 10.0 to 10.0, 20.0 to 5.0, 30.0 to 3.0), frames)
        val reported = events.filter { it.at("name") == "prediction" }
        assertEquals(predictions.map { it.prediction.id }, reported.map { it.at("properties", "prediction_id") })
    }

    @Test
    fun `the endpoint answers where app and person allow it, else the last answer, else the rule`() {
        val client = world.open(cloud = true)
        client.setConsent(SmallApp.consent + "cloud")
        world.answer = { request ->
            val output = mapOf("name" to "probabilities", "data" to listOf(0.25, 0.75))
            if (request.url.endsWith("/infer")) respond(200, mapOf("model_version" to "r9", "outputs" to listOf(output))) else null
        }
        val window = FloatArray(24)
        val answer = client.predict(window, "s", 0)
        assertEquals(listOf("moving", "r9", "device:NOT_FOUND"), listOf(answer.label, answer.release, answer.reason))
        assertEquals(listOf(0.25, 0.75), answer.probabilities)
        world.answer = { respond(200, mapOf("outputs" to emptyList<Any>())) }
        val last = client.predict(window, "s", 4)
        assertEquals(listOf(Prediction.Source.LAST, "moving", "device:NOT_FOUND,cloud:UNAVAILABLE"), listOf(last.source, last.label, last.reason))
        world.now += 10_001
        assertEquals("device:NOT_FOUND,cloud:UNAVAILABLE,last:NOT_FOUND", client.predict(window, "s", 8).reason)
        client.setConsent(SmallApp.consent)
        assertEquals("device:NOT_FOUND,cloud:CONSENT_MISSING,last:NOT_FOUND", client.predict(window, "s", 0).reason)
        for (index in window.indices step 3) window[index] = 1f
        assertEquals("moving", client.predict(window, "s", 0).label)
    }

    @Test
    fun `without consent to its purpose no model runs and nothing is recorded`() {
        world.answer = console(Signing.release(1))
        val client = world.open()
        client.update()
        client.setConsent(listOf("analytics"))
        val answer = client.predict(FloatArray(24), "s", 0)
        assertEquals(Prediction.Source.RULE to "CONSENT_MISSING", answer.source to answer.reason)
        assertEquals(0, client.diagnostics().events.recorded)
        assertEquals(0, client.diagnostics().events.withheld)
        client.setConsent(SmallApp.consent)
        val id = client.predict(FloatArray(24), "s", 0).id
        assertEquals(2, client.feedback(id, "moving")?.seq)
        assertNull(client.setConsent(emptyList()).let { client.feedback(id, "moving") })
    }
}
