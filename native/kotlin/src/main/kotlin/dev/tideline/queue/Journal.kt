package dev.tideline.queue

import dev.tideline.ErrorCode
import dev.tideline.Storage
import dev.tideline.TidelineException
import dev.tideline.fault
import java.io.ByteArrayOutputStream

/**
 * Append-only files of records, `journal-<index>-<install>-<epoch>.log`: sorted by name they are in the order of
 * writing. Not safe for overlapping calls: the queue runs them one after the other.
 */
internal class Journal(private val storage: Storage, private val segmentBytes: Int) {
    /** What was found, oldest first; torn ends are already cut off. */
    val found: List<Pair<Segment, List<JournalRecord>>>

    /** Bytes of torn writes that were cut off. */
    var tornBytes: Long = 0
        private set

    /** True where another segment than the last one was cut: not a torn write, but damage. */
    var damaged: Boolean = false
        private set

    private var lastIndex = 0
    private var active: Segment? = null

    /** A file that must be cut back before anything else is written, because an append to it failed. */
    private var unrepaired: Segment? = null

    init {
        val names = storage.list("journal-").mapNotNull { name -> NAME.matchEntire(name) }
        found = names.map { match ->
            val (name, index, install, epoch) = match.groupValues
            val bytes = storage.read(name) ?: ByteArray(0)
            val (records, valid) = JournalRecord.decodeAll(bytes)
            if (valid < bytes.size) {
                tornBytes += bytes.size - valid
                damaged = damaged || match !== names.last()
                storage.write(name, bytes.copyOf(valid))
            }
            lastIndex = index.toInt()
            Segment(name, Source(install, epoch.toLong()), valid) to records
        }
    }

    private fun repair(segment: Segment) {
        unrepaired = segment
        storage.read(segment.name)?.let { storage.write(segment.name, it.copyOf(minOf(it.size, segment.bytes))) }
        unrepaired = null
    }

    /** Appends records in one durable write. On failure the file is cut back and nothing of it stays. */
    fun append(source: Source, records: List<ByteArray>): Segment {
        unrepaired?.let(::repair)
        var segment = active
        if (segment == null || segment.bytes >= segmentBytes || segment.source != source) {
            lastIndex++
            val index = lastIndex.toString().padStart(8, '0')
            segment = Segment("journal-$index-${source.install}-${source.epoch}.log", source, 0)
            active = segment
        }
        val bytes = joined(records)
        try {
            storage.append(segment.name, bytes)
        } catch (failure: TidelineException) {
            // Where even this fails, `unrepaired` stays set and the next append begins with it.
            try {
                repair(segment)
            } catch (second: TidelineException) {
                failure.addSuppressed(second)
            }
            throw failure
        }
        segment.bytes += bytes.size
        return segment
    }

    /** The records at some places of a segment. */
    fun read(segment: Segment, offsets: List<Int>): List<JournalRecord> {
        val bytes = storage.read(segment.name) ?: ByteArray(0)
        return offsets.map { offset ->
            JournalRecord.decode(bytes, offset) ?: throw fault(
                ErrorCode.STORAGE_FAILED,
                "journal",
                segment.name,
                "a whole record at byte $offset",
                "other bytes",
                "The file was changed from outside; restart the app.",
            )
        }
    }

    /** Every record of a segment. */
    fun records(segment: Segment): List<JournalRecord> =
        JournalRecord.decodeAll(storage.read(segment.name) ?: ByteArray(0)).first

    /** Replaces a segment's records; their places afterwards, in order. An empty one is removed. */
    fun rewrite(segment: Segment, records: List<ByteArray>): List<Int> {
        if (records.isEmpty()) {
            remove(segment)
            return emptyList()
        }
        val bytes = joined(records)
        storage.write(segment.name, bytes)
        segment.bytes = bytes.size
        return records.runningFold(0) { at, record -> at + record.size }.dropLast(1)
    }

    /** Removes a segment. */
    fun remove(segment: Segment) {
        if (active === segment) active = null
        storage.remove(segment.name)
    }

    /** Begins anew after all files were removed; indices go on. */
    fun reset() {
        active = null
        unrepaired = null
    }

    private fun joined(records: List<ByteArray>): ByteArray =
        ByteArrayOutputStream(records.sumOf { it.size }).apply { records.forEach { write(it) } }.toByteArray()

    private companion object {
        val NAME = Regex("""journal-(\d{8})-([0-9a-f]{32})-(\d{1,15})\.log""")
    }
}
