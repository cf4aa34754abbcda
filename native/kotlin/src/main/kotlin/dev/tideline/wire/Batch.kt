package dev.tideline.wire

import dev.tideline.ErrorCode
import dev.tideline.fault
import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** Media type of a batch. */
internal const val BATCH_TYPE: String = "application/vnd.tideline.batch"

/** "TLB1", little-endian. */
private const val MAGIC = 0x31424c54

/** Header and attachment of a batch; the header is any JSON, still to be checked. */
internal class DecodedBatch(val header: Any?, val attachment: ByteArray)

/**
 * Bytes of a batch: magic `TLB1`, the header's length as little-endian uint32, the header as UTF-8 JSON padded with
 * spaces so that the attachment starts at a multiple of 4, then the attachment with the packed samples.
 */
internal fun encodeBatch(header: ByteArray, attachments: List<ByteArray>): ByteArray {
    val length = (header.size + 3) / 4 * 4
    val bytes = ByteBuffer.allocate(8 + length + attachments.sumOf { it.size }).order(ByteOrder.LITTLE_ENDIAN)
    bytes.putInt(MAGIC).putInt(length).put(header)
    repeat(length - header.size) { bytes.put(' '.code.toByte()) }
    for (attachment in attachments) bytes.put(attachment)
    return bytes.array()
}

/**
 * What batch bytes hold; bytes that start with `{` are plain JSON without an attachment.
 *
 * @throws dev.tideline.TidelineException `BATCH_MALFORMED`
 */
internal fun decodeBatch(bytes: ByteArray): DecodedBatch {
    fun malformed(received: String, cause: Throwable? = null) = fault(
        ErrorCode.BATCH_MALFORMED,
        "batch",
        expected = "TLB1, header length and JSON header, or a JSON object",
        received = received,
        cause = cause,
    )
    fun parse(json: ByteArray): Any? = try {
        JsonReader.read(json)
    } catch (cause: JsonSyntaxException) {
        throw malformed("a header that is not JSON", cause)
    }
    if (bytes.isNotEmpty() && bytes[0] == '{'.code.toByte()) return DecodedBatch(parse(bytes), ByteArray(0))
    val view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
    if (bytes.size < 8 || view.getInt(0) != MAGIC) throw malformed("other bytes")
    val length = view.getInt(4).toLong() and 0xffffffffL
    if (length % 4 != 0L || 8 + length > bytes.size) throw malformed("a header of $length bytes")
    val end = 8 + length.toInt()
    return DecodedBatch(parse(bytes.copyOfRange(8, end)), bytes.copyOfRange(end, bytes.size))
}
