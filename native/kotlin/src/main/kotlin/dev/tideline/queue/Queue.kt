package dev.tideline.queue

import dev.tideline.ClientLimits
import dev.tideline.CrashPoint
import dev.tideline.LogEntry
import dev.tideline.Ports
import dev.tideline.TidelineException
import dev.tideline.writeState
import dev.tideline.wire.SequenceSet
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** A full queue is cut to this share of its bound, so that not every further event costs a write of the state. */
private const val ROOM = 0.9

/** The age is written down when it has grown by this many milliseconds: a crash makes nothing older. */
private const val AGE_STEP = 3_600_000L

/**
 * The durable queue between `track` and the server, over what the journal holds. Any thread may call it; a call waits
 * for the writes of others, and what several threads record at once becomes one write.
 */
internal class Queue(
    private val ports: Ports,
    private val limits: ClientLimits,
    private val journal: Journal,
    private var state: QueueState,
    private var own: Source,
    proof: String,
) {
    private val lock = ReentrantLock()
    private val tickets = ArrayList<Ticket>()
    private var waiting = ArrayList<Waiting>()
    private var waitingBytes = 0L

    /** Counts withdrawals; what was read before one is not sent after it. */
    @Volatile
    private var purges = 0
    private var age = ports.clock.now().let { (state.age ?: QueueAge(0, it)).at(it) }
    private var nextSequence = state.settled(own.key).highest + 1

    /** Who numbers the events of now. */
    val source: Source get() = lock.withLock { own }

    init {
        for ((segment, records) in journal.found) {
            val settled = state.settled(segment.source.key)
            for (record in records) {
                if (segment.source == own) nextSequence = maxOf(nextSequence, record.seq + 1)
                if (record.seq !in settled) wait(Waiting(segment, record, age.lived))
            }
        }
        val found = journal.found.map { it.first }
        // An erasure that was interrupted is finished here.
        for (segment in found) if (state.settled(segment.source.key).dropped.size > 0) erase(segment, null)
        removeSettled(found)
        val sources = found.mapTo(hashSetOf(own.key)) { it.source.key }
        // Written at the first start, too: from now on a missing file means lost storage.
        save(state.begin(sources, own.install, proof))
        enforceBounds()
    }

    private fun wait(event: Waiting) {
        waiting.add(event)
        waitingBytes += event.length
    }

    private fun save(next: QueueState) {
        val written = next.aged(age)
        ports.storage.writeState(QueueState.FILE, written.toJson())
        state = written
    }

    private fun removeSettled(segments: Collection<Segment>) {
        val alive = waiting.mapTo(HashSet()) { it.segment }
        for (segment in segments.toSet()) if (segment !in alive) journal.remove(segment)
    }

    private fun forget(gone: Collection<Waiting>) {
        val set = gone.toHashSet()
        waiting = waiting.filterTo(ArrayList()) { it !in set }
        waitingBytes = waiting.sumOf { it.length.toLong() }
    }

    private fun giveUp(gone: List<Waiting>, reason: DropReason) {
        if (gone.isEmpty()) return
        save(gone.groupBy { it.key }.entries.fold(state) { next, (key, events) ->
            next.drop(key, SequenceSet.of(events.map { it.seq }), reason)
        })
        val message = "${gone.size} events given up: ${reason.wire}"
        ports.log?.invoke(LogEntry(LogEntry.Level.WARNING, "queue", null, message))
        forget(gone)
    }

    /** Rewrites a segment without what is settled, and without fields whose purposes are not granted. */
    private fun erase(segment: Segment, granted: Collection<String>?) {
        val settled = state.settled(segment.source.key)
        val records = journal.records(segment)
        val keep = records.filter { it.seq !in settled }
        val redact = keep.filterTo(HashSet()) { granted != null && it.mustRedact(granted) }
        if (keep.size == records.size && redact.isEmpty()) return
        val bytes = keep.map { if (it in redact) it.redacted(granted.orEmpty()) else it.bytes() }
        val offsets = journal.rewrite(segment, bytes)
        val places = keep.indices.associateBy { keep[it].seq }
        for (event in waiting) {
            if (event.segment !== segment) continue
            val place = places.getValue(event.seq)
            event.offset = offsets[place]
            event.length = bytes[place].size
            if (keep[place] in redact) event.fieldPurposes = event.fieldPurposes.filter { it in granted.orEmpty() }
        }
        waitingBytes = waiting.sumOf { it.length.toLong() }
    }

    /** Drops the oldest events beyond the bounds of bytes and age. */
    private fun enforceBounds() {
        age = age.at(ports.clock.now())
        if (age.lived - (state.age?.lived ?: 0) >= AGE_STEP) save(state)
        val oldest = age.lived - limits.pendingAgeMs
        if (waiting.isNotEmpty() && waiting[0].recorded < oldest) dropAll(waiting.filter { it.recorded < oldest }, DropReason.AGE)
        if (waitingBytes <= limits.pendingBytes) return
        var bytes = waitingBytes
        val over = waiting.takeWhile { event -> (bytes > limits.pendingBytes * ROOM).also { bytes -= event.length } }
        dropAll(over, DropReason.SPACE)
    }

    private fun dropAll(gone: List<Waiting>, reason: DropReason) {
        giveUp(gone, reason)
        removeSettled(gone.map { it.segment })
    }

    /** Makes an event durable and gives its source and sequence number. */
    fun record(draft: Draft): Pair<Source, Long> {
        val ticket = Ticket(draft)
        synchronized(tickets) { tickets.add(ticket) }
        return lock.withLock {
            if (!ticket.isDone) commit()
            own to ticket.sequence()
        }
    }

    /** Group commit: everything that came while the last write was under way becomes one write. */
    private fun commit() {
        val group = synchronized(tickets) { ArrayList(tickets).also { tickets.clear() } }
        val first = nextSequence
        age = age.at(ports.clock.now())
        val recorded = age.lived
        try {
            val records = group.mapIndexed { index, ticket ->
                JournalRecord.encode(ticket.draft.header(first + index, recorded), ticket.draft.attachment)
            }
            ports.crashPoint?.invoke(CrashPoint.APPEND_BEFORE)
            val segment = journal.append(own, records)
            ports.crashPoint?.invoke(CrashPoint.APPEND_AFTER)
            nextSequence += group.size
            var offset = segment.bytes - records.sumOf { it.size }
            for ((index, record) in records.withIndex()) {
                val draft = group[index].draft
                val fields = draft.fieldPurposes.values
                wait(Waiting(segment, first + index, recorded, draft.purpose, fields, offset, record.size))
                offset += record.size
            }
        } catch (failure: Throwable) {
            for (ticket in group) ticket.settle(Result.failure(failure))
            return
        }
        for ((index, ticket) in group.withIndex()) ticket.settle(Result.success(first + index))
        try {
            enforceBounds()
        } catch (failure: TidelineException) {
            // The events are durable: that older ones cannot be dropped now is no reason to refuse them.
            ports.log?.invoke(LogEntry(LogEntry.Level.ERROR, "queue", failure.code, failure.message.orEmpty()))
        }
    }

    /** The oldest events that wait, all of one source, at least one; null when none waits. */
    fun next(maxEvents: Int, maxBytes: Int): Load? = lock.withLock {
        enforceBounds()
        val first = waiting.firstOrNull() ?: return null
        var bytes = 0L
        val chosen = waiting.withIndex().takeWhile { (index, event) ->
            bytes += event.length
            event.key == first.key && index < maxEvents && (index == 0 || bytes <= maxBytes)
        }.map { it.value }
        val records = chosen.groupBy { it.segment }.flatMap { (segment, events) ->
            journal.read(segment, events.map { it.offset })
        }
        val at = purges
        Load(first.segment.source, state.settled(first.key).proof, records) { at == purges }
    }

    private fun waitingOf(load: Load): List<Waiting> {
        val sent = load.records.mapTo(HashSet()) { it.seq }
        return waiting.filter { it.key == load.source.key && it.seq in sent }
    }

    /** Notes what the server took over of a load that was sent; returns how many events that settled. */
    fun acknowledge(load: Load, acknowledged: SequenceSet, quarantined: Int): Int = lock.withLock {
        val done = waitingOf(load).filter { it.seq in acknowledged }
        if (done.isEmpty()) return 0
        save(state.acknowledge(load.source.key, SequenceSet.of(done.map { it.seq }), quarantined))
        forget(done)
        ports.crashPoint?.invoke(CrashPoint.ACKNOWLEDGE_AFTER)
        removeSettled(done.map { it.segment })
        done.size
    }

    /** Gives events up; they leave the journal with their segment. */
    fun drop(load: Load): Unit = lock.withLock {
        dropAll(waitingOf(load), DropReason.REFUSED)
    }

    /**
     * Gives up every waiting event of a purpose that is not granted, and takes fields of such purposes out of the
     * others; their content leaves the journal.
     */
    fun purge(granted: Collection<String>): Unit = lock.withLock {
        purges++
        val gone = waiting.filter { it.purpose !in granted }
        val touched = gone + waiting.filter { event -> event.fieldPurposes.any { it !in granted } }
        giveUp(gone, DropReason.CONSENT)
        ports.crashPoint?.invoke(CrashPoint.PURGE_AFTER)
        for (segment in touched.mapTo(LinkedHashSet()) { it.segment }) erase(segment, granted)
    }

    /** Forgets everything, of all sources; `erase` removes the files and tells who records from now on. */
    fun wipe(erase: () -> Identity): Unit = lock.withLock {
        purges++
        waiting = ArrayList()
        waitingBytes = 0
        state = QueueState()
        journal.reset()
        val next = erase()
        own = next.source
        save(QueueState().begin(setOf(own.key), own.install, next.proof))
        nextSequence = 1
    }

    /** What has become of all events. */
    fun counts(): QueueCounts = lock.withLock {
        state.run { QueueCounts(acknowledged, waiting.size, dropped, quarantined, drops) }
    }

    /** Whether the server took anything of an install. */
    fun isKnown(install: String): Boolean = lock.withLock { state.isKnown(install) }

    /** Whether events of an install wait. */
    fun waits(install: String): Boolean = lock.withLock { waiting.any { it.segment.source.install == install } }

    /** Sequence numbers that the server took over, by `install.epoch`. */
    fun acknowledged(): Map<String, SequenceSet> = lock.withLock { state.sources.mapValues { it.value.acknowledged } }
}
