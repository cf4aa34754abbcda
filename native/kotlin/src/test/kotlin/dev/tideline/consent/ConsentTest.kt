package dev.tideline.consent

import dev.tideline.CrashPoint
import dev.tideline.ErrorCode
import dev.tideline.Restriction
import dev.tideline.Signing
import dev.tideline.SigningKey
import dev.tideline.SmallApp
import dev.tideline.TidelineException
import dev.tideline.World
import dev.tideline.acknowledge
import dev.tideline.at
import dev.tideline.definition.AppDefinition
import dev.tideline.json.jsonBytes
import dev.tideline.subject.EraseOutcome
import dev.tideline.subject.SubjectRequest
import dev.tideline.respond
import dev.tideline.wire.Frame
import dev.tideline.wire.decodeBatch
import dev.tideline.wire.decodeFrame
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ConsentTest {
    private val world = World()
    private val everything = SmallApp.consent + "location"

    @Test
    fun `nothing is recorded before consent`() {
        val client = world.open()
        assertNull(client.track("tap", mapOf("target" to "CANARY")))
        client.setConsent(listOf("improve"))
        assertNull(client.track("tap", mapOf("target" to "CANARY")))
        assertFalse(world.holds("CANARY"))
        assertEquals(2, client.diagnostics().events.withheld)
    }

    @Test
    fun `a field without consent to its purpose is left out`() {
        val client = world.open()
        client.setConsent(SmallApp.consent)
        client.track("tap", mapOf("target" to "t", "near" to "CANARY"))
        assertFalse(world.holds("CANARY"))
        assertEquals(1, client.diagnostics().events.withheldFields)
        client.setConsent(everything)
        client.track("tap", mapOf("target" to "t", "near" to "KNOWN"))
        assertTrue(world.holds("KNOWN"))
    }

    @Test
    fun `withdrawal removes waiting events and fields, samples included`() {
        val client = world.open()
        client.setConsent(everything)
        val inside = floatArrayOf(1f, 2f, 3f, 4f)
        val secret = FloatArray(20) { 12345.678f }
        val properties = mapOf("session" to "s", "start" to 0, "samples" to Frame(inside, 2), "place" to Frame(secret, 2))
        client.track("motion", properties)
        client.track("tap", mapOf("target" to "t", "near" to "CANARY"))
        client.track("motion", properties - "place" + ("start" to 2))
        val canary = String(java.nio.ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN).putFloat(12345.678f).array(), Charsets.ISO_8859_1)
        assertTrue(world.holds("CANARY") && world.holds(canary))
        client.setConsent(listOf("improve"))
        assertFalse(world.holds("CANARY") || world.holds(canary) || world.holds("tap"))
        assertEquals(1, client.diagnostics().events.dropped)
        world.answer = ::acknowledge
        client.flush()
        val batch = decodeBatch(world.requests.single().body!!)
        val events = batch.header.at("events") as List<*>
        assertEquals(listOf(1.0, 3.0), events.map { it.at("seq") })
        for (event in events) {
            assertEquals(setOf("session", "start", "samples"), (event.at("properties") as Map<*, *>).keys)
            assertFalse("purposes" in (event as Map<*, *>) || "purpose" in event)
            assertArrayEquals(inside, decodeFrame(batch.attachment, event.at("properties", "samples") as Map<*, *>, 2))
        }
    }

    @Test
    fun `a withdrawal that is interrupted is finished at the next start`() {
        for (point in listOf(CrashPoint.PURGE_BEFORE, CrashPoint.PURGE_AFTER)) {
            val world = World()
            val client = world.open()
            client.setConsent(everything)
            client.track("tap", mapOf("target" to "CANARY"))
            client.track("motion", mapOf("session" to "s", "start" to 0, "samples" to Frame(FloatArray(2), 2), "place" to Frame(FloatArray(2), 2)))
            world.crashPoint = { if (it == point) throw IllegalStateException("killed") }
            assertThrows(IllegalStateException::class.java) { client.setConsent(listOf("improve")) }
            world.crashPoint = null
            world.open()
            assertFalse(world.holds("CANARY")) { point.name }
            assertFalse(world.holds("place")) { point.name }
            assertEquals(1, world.journal().size)
        }
    }

    @Test
    fun `what was withdrawn while a batch was made is not sent`() {
        val client = world.open()
        client.setConsent(SmallApp.consent)
        client.track("tap", mapOf("target" to "CANARY"))
        world.crashPoint = { if (it == CrashPoint.SEND_BEFORE) client.setConsent(emptyList()) }
        assertEquals(null, client.flush().stopped)
        assertTrue(world.requests.isEmpty())
    }

    @Test
    fun `a purpose that is not declared is refused`() {
        val error = assertThrows(TidelineException::class.java) { world.open().setConsent(listOf("spying")) }
        assertEquals(ErrorCode.ARGUMENT_INVALID, error.code)
    }

    @Test
    fun `events are checked as the server checks them`() {
        val client = world.open()
        client.setConsent(everything)
        fun refused(code: ErrorCode, event: String, vararg properties: Pair<String, Any?>, time: Long? = null) {
            val error = assertThrows(TidelineException::class.java) { client.track(event, mapOf(*properties), time) }
            assertEquals(code, error.code, error.message)
        }
        refused(ErrorCode.EVENT_UNKNOWN, "dance")
        refused(ErrorCode.FIELD_MISSING, "tap")
        refused(ErrorCode.FIELD_MISSING, "tap", "target" to null)
        refused(ErrorCode.FIELD_INVALID, "tap", "target" to 1)
        refused(ErrorCode.FIELD_INVALID, "tap", "target" to "x".repeat(257))
        refused(ErrorCode.FIELD_INVALID, "tap", "target" to "t", "count" to -1)
        refused(ErrorCode.FIELD_INVALID, "tap", "target" to "t", "count" to 1.5)
        refused(ErrorCode.FIELD_INVALID, "tap", "target" to "t", "count" to Double.NaN)
        refused(ErrorCode.FIELD_INVALID, "tap", "target" to "t", "point" to listOf(1))
        refused(ErrorCode.FIELD_INVALID, "tap", "target" to "t", "point" to floatArrayOf(1f, Float.NaN))
        refused(ErrorCode.FIELD_UNKNOWN, "tap", "target" to "t", "colour" to "red")
        refused(ErrorCode.TIME_INVALID, "tap", "target" to "t", time = -1)
        val three = Frame(FloatArray(3), 3)
        refused(ErrorCode.FIELD_INVALID, "motion", "session" to "s", "start" to 0, "samples" to three)
        val fast = Frame(FloatArray(2), 2, rate = 55.6)
        refused(ErrorCode.FIELD_INVALID, "motion", "session" to "s", "start" to 0, "samples" to fast)
        val large = Frame(FloatArray(300_000), 2)
        refused(ErrorCode.EVENT_TOO_LARGE, "motion", "session" to "s", "start" to 0, "samples" to large)
        assertEquals(0, client.diagnostics().events.recorded)
    }

    @Test
    fun `erasing leaves nothing of the install, tells the server later, and begins another one`() {
        val client = world.open()
        client.setConsent(SmallApp.consent)
        client.track("tap", mapOf("target" to "CANARY"))
        val before = client.diagnostics().install
        assertEquals(SubjectRequest.State.PENDING, client.eraseMe().request.state)
        assertFalse(world.holds("CANARY") || world.holds(before))
        assertNotEquals(before, client.diagnostics().install)
        assertEquals(1, client.track("tap", mapOf("target" to "after"))?.seq)
        val later = world.open()
        val asked = ArrayList<String>()
        world.answer = { request ->
            if ("/v1/batch" in request.url) {
                acknowledge(request)
            } else {
                asked.add("${request.method} ${request.url.removePrefix("http://console/v1/subject/")} ${String(request.body ?: ByteArray(0))}")
                respond(202, mapOf("format" to 1, "request" to "r1", "state" to if (asked.size < 3) "accepted" else "done"))
            }
        }
        repeat(4) { later.flush() }
        assertTrue(asked[0].startsWith("POST erase {\"format\":1,\"install\":\"$before\",\"secret\":\"")) { asked[0] }
        assertEquals(listOf("GET requests/r1 ", "GET requests/r1 "), asked.drop(1))
        assertEquals(SubjectRequest.State.DONE, later.diagnostics().requests.single().state)
        assertEquals(1, later.diagnostics().events.acknowledged)
    }

    @Test
    fun `a receipt must be signed by the release role`() {
        fun erase(key: SigningKey): EraseOutcome {
            val world = World()
            val receipt = Signing.seal("application/vnd.tideline.receipt+json", mapOf("erased" to true), listOf(key))
            world.answer = { respond(200, mapOf("request" to "r1", "state" to "done", "receipt" to receipt)) }
            return world.open().eraseMe()
        }
        assertTrue(erase(Signing.releaseKey).receipt!!.contains("payloadType"))
        val error = assertThrows(TidelineException::class.java) { erase(Signing.rootKey) }
        assertEquals(ErrorCode.RELEASE_SIGNATURE_INVALID, error.code)
    }

    @Test
    fun `an export goes on where it was, and brings what the server holds`() {
        val client = world.open()
        assertEquals(SubjectRequest.State.PENDING, client.exportMe().request.state)
        var answers = 0
        world.answer = { request ->
            when {
                request.url.endsWith("/r7/export") -> respond(200, "{}\n".toByteArray())
                else -> respond(200, mapOf("request" to "r7", "state" to if (++answers < 3) "running" else "done"))
            }
        }
        val outcome = client.exportMe()
        assertEquals("{}\n", String(outcome.content!!))
        assertEquals("r7", outcome.request.request)
        world.answer = { respond(404, "") }
        assertEquals(SubjectRequest.State.FAILED, client.exportMe().request.state)
    }

    @Test
    fun `an erasure that is interrupted is finished at the next start`() {
        for (point in listOf(CrashPoint.ERASE_BEFORE, CrashPoint.ERASE_AFTER)) {
            val world = World()
            val client = world.open()
            client.setConsent(SmallApp.consent)
            client.track("tap", mapOf("target" to "CANARY"))
            val before = client.diagnostics().install
            world.crashPoint = { if (it == point) throw IllegalStateException("killed") }
            assertThrows(IllegalStateException::class.java) { client.eraseMe() }
            world.crashPoint = null
            val next = world.open()
            assertFalse(world.holds("CANARY") || world.holds(before)) { point.name }
            assertNotEquals(before, next.diagnostics().install)
            world.answer = { respond(202, mapOf("request" to "r1", "state" to "accepted")) }
            next.flush()
            assertTrue(String(world.requests.single().body!!).contains(before))
        }
    }

    @Test
    fun `a minor has no lasting id and trains nothing, an opt-out leaves what is essential`() {
        val app = AppDefinition.parse(jsonBytes(SmallApp.plain + ("essential" to listOf("analytics"))))
        val opted = world.open(app = app, restrict = Restriction(optOut = true))
        opted.setConsent(SmallApp.consent)
        assertEquals(listOf("analytics"), opted.diagnostics().consent)
        val minor = world.open(restrict = Restriction(minor = true))
        assertEquals(listOf("analytics"), minor.diagnostics().consent)
        minor.track("tap", mapOf("target" to "t"))
        assertNull(world.journal().last().header["user"])
        assertNotEquals(minor.diagnostics().install, world.open(restrict = Restriction(minor = true)).diagnostics().install)
        assertEquals("CONSENT_MISSING", minor.predict(FloatArray(24), "s", 0).reason)
    }
}
