package dev.tideline

import dev.tideline.wire.decodeBatch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import kotlin.concurrent.thread

class PersonTest {
    private val world = World().also { it.answer = ::acknowledge }

    private fun users(): List<Pair<Any?, Any?>> = world.requests.flatMap { request ->
        (decodeBatch(request.body!!).header.at("events") as List<*>).map { it as Map<*, *> }
    }.map { it["user"] to it["previous_user"] }

    private fun TidelineClient.tap() = track("tap", mapOf("target" to "t"))

    @Test
    fun `one event tells the server that a person has another id`() {
        val client = world.open().also { it.setConsent(SmallApp.consent) }
        client.tap()
        client.setUser("grace", previous = "ada")
        client.tap()
        client.tap()
        client.setUser(null, previous = "grace")
        client.tap()
        client.flush()
        assertEquals(listOf("ada" to null, "grace" to "ada", "grace" to null, null to null), users())
    }

    @Test
    fun `an event that is not recorded tells nobody`() {
        val client = world.open()
        client.setUser("grace", previous = "ada")
        assertNull(client.tap())
        client.setConsent(SmallApp.consent)
        assertThrows(TidelineException::class.java) { client.track("tap", emptyMap()) }
        client.tap()
        client.flush()
        assertEquals(listOf<Pair<Any?, Any?>>("grace" to "ada"), users())
    }

    @Test
    fun `an earlier id that could not be told is not told of another person`() {
        val client = world.open().also { it.setConsent(SmallApp.consent) }
        client.setUser("grace", previous = "ada")
        world.storage.fails = { call, _ ->
            if (call == "append") client.setUser("joan")
            call == "append"
        }
        assertThrows(TidelineException::class.java) { client.tap() }
        world.storage.fails = { _, _ -> false }
        client.tap()
        client.flush()
        assertEquals(listOf<Pair<Any?, Any?>>("joan" to null), users())
    }

    @Test
    fun `of many threads one tells it`() {
        val client = world.open().also { it.setConsent(SmallApp.consent) }
        client.setUser("grace", previous = "ada")
        List(8) { thread { repeat(20) { client.tap() } } }.forEach { it.join() }
        client.flush()
        assertEquals(1, users().count { it.second == "ada" })
        assertEquals(160, users().count { it.first == "grace" })
    }

    @Test
    fun `a batch says the opt-out signal and the region`() {
        val client = world.open(restrict = Restriction(optOut = true), region = "eu")
        client.setConsent(SmallApp.consent)
        client.tap()
        val plain = World().also { it.answer = ::acknowledge }
        plain.open().run {
            setConsent(SmallApp.consent)
            tap()
            flush()
        }
        assertNull(plain.requests.single().headers["sec-gpc"])
        assertEquals(false, "region" in plain.requests.single().let { decodeBatch(it.body!!).header as Map<*, *> })
        client.flush()
        // An app that declares nothing essential sends nothing under the signal.
        assertEquals(emptyList<NetworkRequest>(), world.requests)
        val essential = dev.tideline.definition.AppDefinition.parse(
            dev.tideline.json.jsonBytes(SmallApp.plain + ("essential" to listOf("analytics"))),
        )
        val other = World().also { it.answer = { respond(421, "") } }
        val phone = other.open(app = essential, restrict = Restriction(optOut = true), region = "eu")
        phone.setConsent(SmallApp.consent)
        phone.tap()
        assertEquals(ErrorCode.RESIDENCY_MISMATCH, phone.flush().stopped)
        assertEquals("1", other.requests.single().headers["sec-gpc"])
        assertEquals("eu", decodeBatch(other.requests.single().body!!).header.at("region"))
        assertEquals(1, phone.diagnostics().events.pending)
    }
}
