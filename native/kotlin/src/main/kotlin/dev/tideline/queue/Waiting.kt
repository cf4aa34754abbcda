package dev.tideline.queue

/**
 * An event that waits; its content stays in the journal.
 *
 * @property recorded age of the queue when it was recorded, milliseconds
 * @property offset where it stands in the segment; moves when the segment is rewritten
 */
internal class Waiting(
    val segment: Segment,
    val seq: Long,
    val recorded: Long,
    val purpose: String,
    var fieldPurposes: Collection<String>,
    var offset: Int,
    var length: Int,
) {
    val key: String get() = segment.source.key

    /** What was found in the journal; a lost state has lost the age that its records speak of. */
    constructor(segment: Segment, record: JournalRecord, lived: Long) : this(
        segment,
        record.seq,
        minOf(record.recorded, lived),
        record.purpose,
        record.fieldPurposes.values,
        record.offset,
        record.length,
    )
}

/**
 * Events of one source to send together, oldest first.
 *
 * @property proof hash of the secret of the source's install, where it is known
 * @property isCurrent false once consent was withdrawn since they were read: then they must not be sent
 */
internal class Load(
    val source: Source,
    val proof: String?,
    val records: List<JournalRecord>,
    val isCurrent: () -> Boolean,
)

/** Counts over all time: `recorded = acknowledged + pending + dropped`. */
internal class QueueCounts(
    val acknowledged: Long,
    val pending: Int,
    val dropped: Long,
    val quarantined: Long,
    val drops: Map<String, Long>,
)
