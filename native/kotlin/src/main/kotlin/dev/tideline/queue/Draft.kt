package dev.tideline.queue

/**
 * An event about to be recorded; the queue gives it its sequence number.
 *
 * @property event its members as they travel, without `seq`
 * @property fieldPurposes purposes of single fields that it carries, by field
 * @property attachment packed samples that the event's frames point into
 */
internal class Draft(
    val event: Map<String, Any?>,
    val purpose: String,
    val fieldPurposes: Map<String, String>,
    val attachment: ByteArray,
) {
    /** The header of its record; `recorded` is the queue's age, since the event's own time may be any. */
    fun header(seq: Long, recorded: Long): Map<String, Any?> {
        val header = linkedMapOf<String, Any?>("seq" to seq)
        header.putAll(event)
        header["purpose"] = purpose
        if (fieldPurposes.isNotEmpty()) header[JournalRecord.FIELD_PURPOSES] = fieldPurposes
        header[JournalRecord.RECORDED] = recorded
        return header
    }
}

/** A draft of a thread that waits for it to be durable. */
internal class Ticket(val draft: Draft) {
    private var outcome: Result<Long>? = null

    val isDone: Boolean get() = outcome != null

    fun settle(result: Result<Long>) {
        outcome = result
    }

    /** The sequence number, once it is done; throws what the write threw. */
    fun sequence(): Long = checkNotNull(outcome).getOrThrow()
}
