package dev.tideline.queue

import dev.tideline.ClientLimits
import dev.tideline.CrashPoint
import dev.tideline.ErrorCode
import dev.tideline.EventIdentity
import dev.tideline.SmallApp
import dev.tideline.TidelineClient
import dev.tideline.TidelineException
import dev.tideline.World
import dev.tideline.acknowledge
import dev.tideline.acknowledgement
import dev.tideline.at
import dev.tideline.long
import dev.tideline.respond
import dev.tideline.wire.decodeBatch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.concurrent.thread

class QueueTest {
    private val world = World()

    private fun open(limits: ClientLimits = ClientLimits()): TidelineClient =
        world.open(limits).also { if (it.diagnostics().consent.isEmpty()) it.setConsent(SmallApp.consent) }

    private fun TidelineClient.tap(target: String): EventIdentity = checkNotNull(track("tap", mapOf("target" to target)))

    /** Numbers of the events of each batch that was sent. */
    private fun sent(): List<List<Long>> = world.requests.map { request ->
        (decodeBatch(request.body!!).header.at("events") as List<*>).map { it.at("seq").long() }
    }

    @Test
    fun `what is recorded survives a restart and is sent once`() {
        open().run { repeat(3) { tap("t$it") } }
        val client = open()
        assertEquals(4, client.tap("t3").seq)
        world.answer = ::acknowledge
        assertEquals(4, client.flush().acknowledged)
        assertEquals(listOf(listOf(1L, 2L, 3L, 4L)), sent())
        assertTrue(world.storage.list("journal-").isEmpty())
        assertEquals(null, open().flush().stopped)
        assertEquals(5, open().tap("t4").seq)
    }

    @Test
    fun `a failed append leaves nothing behind`() {
        val client = open()
        client.tap("first")
        world.storage.tearAfter = 5
        assertEquals(ErrorCode.STORAGE_FAILED, assertThrows(TidelineException::class.java) { client.tap("torn") }.code)
        assertEquals(2, client.tap("second").seq)
        assertEquals(listOf("first", "second"), world.journal().map { (it.header["properties"] as Map<*, *>)["target"] })
    }

    @Test
    fun `an append whose repair fails too is repaired before the next one`() {
        val client = open()
        client.tap("first")
        world.storage.tearAfter = 5
        world.storage.fails = { call, name -> call == "write" && name.startsWith("journal-") }
        assertThrows(TidelineException::class.java) { client.tap("torn") }
        assertThrows(TidelineException::class.java) { client.tap("refused") }
        world.storage.fails = { _, _ -> false }
        client.tap("second")
        assertEquals(listOf(1L, 2L), world.journal().map { it.seq })
    }

    @Test
    fun `a torn end is cut off, whatever byte it tears at`() {
        open().run { repeat(2) { tap("t$it") } }
        val (name, whole) = world.storage.files.entries.single { it.key.startsWith("journal-") }
        val first = world.journal()[0].length
        for (length in first until whole.size) {
            world.storage.files[name] = whole.copyOf(length)
            val events = open().diagnostics()
            assertEquals(1, events.events.pending)
            assertEquals((length - first).toLong(), events.events.tornBytes)
            assertEquals(1, events.epoch)
        }
    }

    @Test
    fun `damage before the end begins a new epoch, and what is whole is still sent`() {
        val client = open(ClientLimits(segmentBytes = 1))
        repeat(3) { client.tap("t$it") }
        val install = client.diagnostics().install
        val middle = world.storage.list("journal-")[1]
        world.storage.files.getValue(middle).let { it[it.size - 1] = (it[it.size - 1] + 1).toByte() }
        val next = open()
        assertEquals(install, next.diagnostics().install)
        assertTrue(next.diagnostics().epoch > 1)
        assertEquals(1, next.tap("new").seq)
        world.answer = ::acknowledge
        next.flush()
        assertEquals(listOf(listOf(1L, 3L), listOf(1L)), sent())
        val epochs = world.requests.map { decodeBatch(it.body!!).header.at("epoch").long() }
        assertEquals(listOf(1L, next.diagnostics().epoch), epochs)
    }

    @Test
    fun `lost state begins a new epoch`() {
        open().tap("a")
        world.storage.files["queue.json"] = "{".toByteArray()
        assertTrue(open().diagnostics().epoch > 1)
    }

    @Test
    fun `beyond its bounds of bytes the oldest are dropped and counted`() {
        val client = open(ClientLimits(pendingBytes = 4_000, segmentBytes = 1_000))
        repeat(50) { client.tap("target-$it") }
        val events = client.diagnostics().events
        assertEquals(50, events.recorded)
        assertTrue(events.pending in 15..25) { "${events.pending} pending" }
        assertEquals(50L, events.dropped + events.pending)
        assertEquals((events.dropped + 1..50).toList(), world.journal().map { it.seq }.filter { it > events.dropped })
        assertTrue(world.storage.files.filterKeys { it.startsWith("journal-") }.values.sumOf { it.size } < 6_000)
    }

    @Test
    fun `beyond their age events are dropped, which counts from when they were recorded`() {
        val client = open()
        val lastYear = world.now - 365 * DAY
        client.track("tap", mapOf("target" to "of last year"), time = lastYear)
        // One jump of the clock makes nothing old.
        world.now += 400 * DAY
        assertEquals(ErrorCode.UNAVAILABLE, client.flush().stopped)
        assertEquals(1, client.diagnostics().events.pending)
        // Half of the days in one start, half in others.
        repeat(15) { client.flush().also { world.now += DAY } }
        repeat(15) { open().flush().also { world.now += DAY } }
        val last = open()
        last.tap("new")
        val events = last.diagnostics().events
        assertEquals(1L, events.dropped)
        assertEquals(mapOf("age" to 1L), events.drops)
        assertTrue(world.logged.any { it.part == "queue" && it.message == "1 events given up: age" })
        world.answer = ::acknowledge
        world.requests.clear()
        last.flush()
        assertEquals(listOf(listOf(2L)), sent())
        assertFalse("recorded" in String(world.requests.single().body!!))
    }

    @Test
    fun `a batch too large is halved, and a single one given up`() {
        val client = open()
        repeat(5) { client.tap("t$it") }
        world.answer = { if (sent().last().let { it.size > 1 || it == listOf(3L) }) respond(413, "") else acknowledge(it) }
        val outcome = client.flush()
        assertEquals(4, outcome.acknowledged)
        assertEquals(null, outcome.stopped)
        assertEquals(1, client.diagnostics().events.dropped)
    }

    @Test
    fun `three single refusals in a row stop the client`() {
        val client = open(ClientLimits(batchEvents = 1))
        repeat(5) { client.tap("t$it") }
        world.answer = { respond(400, "") }
        assertEquals(ErrorCode.BATCH_MALFORMED, client.flush().stopped)
        assertEquals(3, world.requests.size)
        assertEquals(3, client.diagnostics().events.pending)
    }

    @Test
    fun `pauses double, and five failures in a row end the call`() {
        val client = open()
        client.tap("a")
        assertEquals(ErrorCode.UNAVAILABLE, client.flush().stopped)
        assertEquals(5, world.requests.size)
        for ((index, pause) in world.pauses.withIndex()) assertTrue(pause in (250L shl index)..(500L shl index))
        assertEquals(1, client.diagnostics().uploads.outages)
        assertEquals(4, client.diagnostics().uploads.retries)
    }

    @Test
    fun `numbers that a server names without having been sent are not forgotten`() {
        val client = open(ClientLimits(batchEvents = 2))
        repeat(3) { client.tap("t$it") }
        world.answer = { if (world.requests.size == 1) respond(200, acknowledgement(listOf(1, 2, 3))) else null }
        client.flush()
        assertEquals(1, client.diagnostics().events.pending)
    }

    @Test
    fun `threads that record at once get a number each`() {
        val client = open()
        val numbers = java.util.concurrent.ConcurrentLinkedQueue<Long>()
        val threads = List(8) { t -> thread { repeat(50) { numbers.add(client.tap("t$t-$it").seq) } } }
        world.answer = ::acknowledge
        repeat(5) { client.flush() }
        threads.forEach { it.join() }
        client.flush()
        assertEquals((1L..400L).toList(), numbers.sorted())
        assertEquals(400, client.diagnostics().events.acknowledged)
        assertEquals((1L..400L).toList(), sent().flatten().sorted())
    }

    @Test
    fun `a process that ends at any point loses and doubles nothing`() {
        val points = listOf(CrashPoint.APPEND_BEFORE, CrashPoint.APPEND_AFTER, CrashPoint.SEND_BEFORE, CrashPoint.SEND_AFTER, CrashPoint.ACKNOWLEDGE_AFTER)
        for (point in points) {
            val world = World()
            val taken = ArrayList<Long>()
            world.answer = { request ->
                val seqs = (decodeBatch(request.body!!).header.at("events") as List<*>).map { it.at("seq").long() }
                taken.addAll(seqs.filter { it !in taken })
                acknowledge(request)
            }
            val returned = ArrayList<Long>()
            val client = world.open()
            client.setConsent(SmallApp.consent)
            returned.add(client.tap("a").seq)
            world.crashPoint = { if (it == point) throw Killed() }
            runCatching { returned.add(client.tap("b").seq) }
            runCatching { client.flush() }
            world.crashPoint = null
            val next = world.open()
            returned.add(next.tap("c").seq)
            next.flush()
            assertTrue(taken.containsAll(returned)) { "$point: $returned of $taken" }
            assertEquals(taken.size, taken.toSet().size)
            assertEquals(returned.size, returned.toSet().size)
            assertEquals(0, next.diagnostics().events.pending)
        }
    }

    @Test
    fun `journals of the first version are still read, and written again to the byte`() {
        val bytes = dev.tideline.Vectors.bytes("compat/v1/journal.log")
        val (records, valid) = JournalRecord.decodeAll(bytes)
        assertEquals(bytes.size, valid)
        val expected = dev.tideline.Vectors.json("compat/v1/expected.json").at("journal", "records") as List<*>
        assertEquals(expected.map { it.at("header") }, records.map { it.header })
        val again = records.map { JournalRecord.encode(it.header, it.attachment) }.reduce { all, next -> all + next }
        assertTrue(bytes.contentEquals(again))
    }

    @Test
    fun `an interrupt ends the attempts, and everything waits on`() {
        val client = open()
        client.tap("a")
        world.answer = { null.also { Thread.currentThread().interrupt() } }
        assertEquals(ErrorCode.UNAVAILABLE, client.flush().stopped)
        assertTrue(Thread.interrupted())
        assertEquals(1, world.requests.size)
        assertEquals(1, client.diagnostics().events.pending)
    }

    @Test
    fun `what is withdrawn while a batch travels is no failure`() {
        val client = open()
        client.tap("a")
        world.answer = { request -> client.setConsent(emptyList()).let { acknowledge(request) } }
        assertEquals(null, client.flush().stopped)
        assertEquals(1, client.diagnostics().events.dropped)
        assertEquals(0, client.diagnostics().uploads.retries)
    }

    @Test
    fun `a write key that is wrong keeps everything`() {
        val client = open()
        client.tap("a")
        world.answer = { respond(401, "") }
        assertEquals(ErrorCode.UNAUTHORISED, client.flush().stopped)
        assertTrue(client.diagnostics().uploads.stopped)
        world.answer = ::acknowledge
        assertEquals(1, client.flush().acknowledged)
        assertFalse(client.diagnostics().uploads.stopped)
    }

    private class Killed : Error()

    private companion object {
        const val DAY = 86_400_000L
    }
}
