package dev.tideline.queue

import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException
import dev.tideline.json.jsonBytes
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.CRC32

/**
 * A record found in a journal file: the event as it will travel (frames count from the record's own attachment), with
 * its purpose, so that withdrawing consent needs no definition.
 *
 * @property offset where it stands in the file, framing included
 */
internal class JournalRecord(
    val header: Map<String, Any?>,
    val attachment: ByteArray,
    val offset: Int,
    val length: Int,
    private val file: ByteArray,
) {
    /** The record as it stands in the file. */
    fun bytes(): ByteArray = file.copyOfRange(offset, offset + length)

    val seq: Long get() = (header["seq"] as Double).toLong()

    /** Age of the queue when it was recorded, milliseconds; older files have none. */
    val recorded: Long get() = (header[RECORDED] as? Double)?.toLong() ?: 0
    val purpose: String get() = header["purpose"] as String

    /** Purposes of single fields that the event carries, by field. */
    @Suppress("UNCHECKED_CAST")
    val fieldPurposes: Map<String, String>
        get() = header[FIELD_PURPOSES] as? Map<String, String> ?: emptyMap()

    internal companion object {
        /** Member of the header with the purposes of fields; not part of the event. */
        const val FIELD_PURPOSES: String = "purposes"

        /** Member of the header with the queue's age; not part of the event. */
        const val RECORDED: String = "recorded"

        /** Bytes before a record's payload. */
        private const val FRAMING = 8

        private fun crc(bytes: ByteArray, from: Int, length: Int): Int =
            CRC32().apply { update(bytes, from, length) }.value.toInt()

        /**
         * Bytes of a record: length and CRC-32 of the payload, then the payload: the header's length, the header as
         * UTF-8 JSON, the attachment. All three numbers are little-endian uint32.
         */
        fun encode(header: Map<String, Any?>, attachment: ByteArray): ByteArray {
            val json = jsonBytes(header)
            val payload = 4 + json.size + attachment.size
            val bytes = ByteBuffer.allocate(FRAMING + payload).order(ByteOrder.LITTLE_ENDIAN)
            bytes.putInt(payload).putInt(0).putInt(json.size).put(json).put(attachment)
            bytes.putInt(4, crc(bytes.array(), FRAMING, payload))
            return bytes.array()
        }

        /** The record at an offset, or null where the bytes are torn or damaged. */
        fun decode(bytes: ByteArray, offset: Int): JournalRecord? {
            if (offset < 0 || bytes.size - offset < FRAMING + 4) return null
            val view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
            val size = view.getInt(offset)
            val start = offset + FRAMING
            if (size < 4 || size > bytes.size - start) return null
            if (crc(bytes, start, size) != view.getInt(offset + 4)) return null
            val json = view.getInt(start)
            if (json < 0 || json > size - 4) return null
            val header = headerOf(bytes.copyOfRange(start + 4, start + 4 + json)) ?: return null
            val attachment = bytes.copyOfRange(start + 4 + json, start + size)
            return JournalRecord(header, attachment, offset, FRAMING + size, bytes)
        }

        @Suppress("UNCHECKED_CAST")
        private fun headerOf(json: ByteArray): Map<String, Any?>? {
            val header = try {
                JsonReader.read(json) as? Map<String, Any?>
            } catch (_: JsonSyntaxException) {
                null
            }
            val whole = header?.get("seq") is Double && header["time"] is Double && header["purpose"] is String &&
                header["properties"] is Map<*, *>
            return if (whole) header else null
        }

        /** Every whole record of a journal file, and where they end; what follows is torn or damaged. */
        fun decodeAll(bytes: ByteArray): Pair<List<JournalRecord>, Int> {
            val records = ArrayList<JournalRecord>()
            var valid = 0
            while (true) {
                val record = decode(bytes, valid) ?: return records to valid
                records.add(record)
                valid += record.length
            }
        }
    }
}
