package dev.tideline.queue

import dev.tideline.wire.isFrame
import java.io.ByteArrayOutputStream

/** Whether an event carries fields whose purposes are not granted. */
internal fun JournalRecord.mustRedact(granted: Collection<String>): Boolean =
    fieldPurposes.values.any { it !in granted }

/**
 * Bytes of the same event without the fields whose purposes are not granted: neither their values nor their samples
 * are left.
 */
internal fun JournalRecord.redacted(granted: Collection<String>): ByteArray {
    val kept = fieldPurposes.filterValues { it in granted }
    val gone = fieldPurposes.keys - kept.keys
    val samples = ByteArrayOutputStream()
    val frames = frameRanges()
    val properties = LinkedHashMap<String, Any?>()
    for ((field, value) in header["properties"] as Map<*, *>) {
        if (field !is String || field in gone) continue
        val range = frames[field]
        if (range == null) {
            properties[field] = value
            continue
        }
        properties[field] = (value as Map<*, *>) + ("offset" to samples.size())
        samples.write(attachment, range.first, range.last - range.first + 1)
    }
    val next = LinkedHashMap(header)
    next["properties"] = properties
    if (kept.isEmpty()) next.remove(JournalRecord.FIELD_PURPOSES) else next[JournalRecord.FIELD_PURPOSES] = kept
    return JournalRecord.encode(next, samples.toByteArray())
}

/** Where the bytes of each frame stand in the attachment: up to where the next one begins. */
private fun JournalRecord.frameRanges(): Map<String, IntRange> {
    val starts = (header["properties"] as Map<*, *>).entries
        .filter { isFrame(it.value) }
        .map { (field, value) -> field as String to ((value as Map<*, *>)["offset"] as Double).toInt() }
        .sortedBy { it.second }
    return starts.withIndex().associate { (index, frame) ->
        val end = starts.getOrNull(index + 1)?.second ?: attachment.size
        frame.first to (frame.second.coerceIn(0, attachment.size) until end.coerceIn(0, attachment.size))
    }
}
