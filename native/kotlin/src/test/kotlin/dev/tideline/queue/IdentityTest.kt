package dev.tideline.queue

import dev.tideline.Restriction
import dev.tideline.SmallApp
import dev.tideline.TidelineClient
import dev.tideline.World
import dev.tideline.acknowledge
import dev.tideline.at
import dev.tideline.json.JsonReader
import dev.tideline.long
import dev.tideline.respond
import dev.tideline.subject.SubjectRequest
import dev.tideline.wire.decodeBatch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** An install is one secret, whatever becomes of the files beside it. */
class IdentityTest {
    private val world = World()

    /** Another phone that has the files of the first. */
    private fun copy(secrets: Boolean = false): World = World().also {
        it.instance = "instance-2"
        it.storage.files.putAll(world.storage.files)
        if (secrets) it.secure.values.putAll(world.secure.values)
        // Random bytes of another phone.
        it.ports().random.bytes(77)
    }

    private fun TidelineClient.tap(target: String) = checkNotNull(track("tap", mapOf("target" to target)))

    private fun World.phone(): TidelineClient =
        open().also { if (it.diagnostics().consent.isEmpty()) it.setConsent(SmallApp.consent) }

    /** Install, epoch, proof and targets of each batch. */
    private fun World.batches(): List<List<Any?>> = requests.filter { it.url.endsWith("/v1/batch") }.map { request ->
        val header = decodeBatch(request.body!!).header
        val targets = (header.at("events") as List<*>).map { it.at("properties", "target") }
        listOf(header.at("install"), header.at("epoch").long(), header.at("proof"), targets)
    }

    @Test
    fun `a copy without the secret is a new install, and what waited goes out under the old one`() {
        val first = world.phone()
        first.tap("before")
        val other = copy()
        val restored = other.open()
        assertNotEquals(first.diagnostics().install, restored.diagnostics().install)
        assertEquals(1, restored.diagnostics().epoch)
        assertEquals(1, restored.tap("after").seq)
        for (of in listOf(world to first, other to restored)) {
            of.first.answer = ::acknowledge
            of.second.flush()
        }
        val (sent) = world.batches()
        val (old, new) = other.batches()
        // The server knows the event again by its install, epoch and number, and the proof is the one that it has.
        assertEquals(sent, old)
        assertEquals(listOf(restored.diagnostics().install, 1L, listOf("after")), listOf(new[0], new[1], new[3]))
        assertNotEquals(old[2], new[2])
        // The next start is the same install.
        assertEquals(restored.diagnostics().install, other.open().diagnostics().install)
    }

    @Test
    fun `a copy with the secret goes on in another epoch`() {
        val first = world.phone()
        first.tap("before")
        val other = copy(secrets = true)
        val restored = other.open()
        assertEquals(first.diagnostics().install, restored.diagnostics().install)
        assertTrue(restored.diagnostics().epoch > 1)
        restored.tap("after")
        other.answer = ::acknowledge
        restored.flush()
        assertEquals(1, other.batches().map { it[2] }.toSet().size)
        assertEquals(listOf(listOf("before"), listOf("after")), other.batches().map { it[3] })
    }

    @Test
    fun `a secret of another install is no secret`() {
        val first = world.phone()
        val install = first.diagnostics().install
        world.secure.values["install-secret"] = ByteArray(64)
        assertNotEquals(install, world.open().diagnostics().install)
    }

    @Test
    fun `a file of before proofs is read, and its events go out`() {
        val first = world.phone()
        first.tap("before")
        val file = JsonReader.read(world.storage.files.getValue("queue.json")) as Map<*, *>
        val plain = mapOf("format" to 1, "quarantined" to 0, "sources" to (file["sources"] as Map<*, *>).mapValues { (_, one) -> (one as Map<*, *>) - "proof" })
        world.storage.files["queue.json"] = dev.tideline.json.jsonBytes(plain)
        val other = copy()
        val restored = other.open()
        assertEquals(1, restored.diagnostics().events.pending)
        other.answer = ::acknowledge
        restored.flush()
        assertNull(other.batches().single()[2])
        // On the phone itself the proof is known again.
        world.answer = ::acknowledge
        world.open().flush()
        assertTrue(world.batches().single()[2] is String)
    }

    @Test
    fun `a minor is a new install at each start, and an erasure reaches those whose events wait`() {
        val minor = Restriction(minor = true)
        val first = world.open(restrict = minor).also { it.setConsent(listOf("analytics")) }
        first.tap("a")
        val second = world.open(restrict = minor)
        second.tap("b")
        val installs = listOf(first, second).map { it.diagnostics().install }
        assertEquals(2, installs.toSet().size)
        val third = world.open(restrict = minor)
        third.eraseMe()
        assertEquals((installs + third.diagnostics().requests.map { it.install }).toSet().size, 3)
        assertTrue(third.diagnostics().requests.all { it.kind == SubjectRequest.Kind.ERASE })
        assertEquals(3, third.diagnostics().requests.size)
        val secrets = world.secure.values.keys.filter { it.startsWith("install-secret") }
        assertEquals(listOf("install-secret"), secrets)
        assertEquals(0, world.open(restrict = minor).diagnostics().events.pending)
    }

    @Test
    fun `a secret of before is forgotten once nothing of its install waits`() {
        val minor = Restriction(minor = true)
        world.answer = ::acknowledge
        val first = world.open(restrict = minor).also { it.setConsent(listOf("analytics")) }
        first.tap("a")
        world.open(restrict = minor).run {
            assertTrue("install-secret-${first.diagnostics().install}" in world.secure.values)
            flush()
        }
        world.open(restrict = minor)
        assertEquals(listOf("install-secret"), world.secure.values.keys.filter { it.startsWith("install-secret") })
    }

    @Test
    fun `an erasure of what the server never had is done, one of what it had is not`() {
        world.answer = { request ->
            when {
                request.url.endsWith("/v1/batch") -> acknowledge(request)
                request.method == "POST" -> respond(202, mapOf("format" to 1, "request" to "r", "state" to "accepted"))
                else -> respond(200, mapOf("format" to 1, "request" to "r", "kind" to "erase", "state" to "failed"))
            }
        }
        val client = world.phone()
        client.tap("never sent")
        assertEquals(SubjectRequest.State.DONE, client.eraseMe().request.state)
        client.tap("sent")
        client.flush()
        assertEquals(SubjectRequest.State.FAILED, client.eraseMe().request.state)
    }
}
