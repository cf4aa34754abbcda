package dev.tideline.queue

/**
 * An event that waits; its content stays in the journal.
 *
 * @property offset where it stands in the segment; moves when the segment is rewritten
 */
internal class Waiting(
    val segment: Segment,
    val seq: Long,
    val time: Long,
    val purpose: String,
    var fieldPurposes: Collection<String>,
    var offset: Int,
    var length: Int,
) {
    val key: String get() = segment.source.key

    constructor(segment: Segment, record: JournalRecord) : this(
        segment,
        record.seq,
        record.time,
        record.purpose,
        record.fieldPurposes.values,
        record.offset,
        record.length,
    )
}

/**
 * Events of one source to send together, oldest first.
 *
 * @property isCurrent false once consent was withdrawn since they were read: then they must not be sent
 */
internal class Load(val source: Source, val records: List<JournalRecord>, val isCurrent: () -> Boolean)

/** Counts over all time: `recorded = acknowledged + pending + dropped`. */
internal class QueueCounts(
    val acknowledged: Long,
    val pending: Int,
    val dropped: Long,
    val quarantined: Long,
)
