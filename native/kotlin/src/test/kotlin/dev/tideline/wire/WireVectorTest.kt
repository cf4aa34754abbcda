package dev.tideline.wire

import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import dev.tideline.Vectors
import dev.tideline.at
import dev.tideline.definition.AppDefinition
import dev.tideline.definition.FieldType
import dev.tideline.hex
import dev.tideline.json.JsonReader
import dev.tideline.json.canonicalJson
import dev.tideline.json.jsonBytes
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.GZIPInputStream

/** What this library makes of the batches in `vectors/wire`, and that it would have written the same. */
class WireVectorTest {
    private val app = AppDefinition.parse(Vectors.bytes("wire/app.json"))
    private val batches = Vectors.files("wire", ".json").filter { File(it.path.removeSuffix("json") + "bin").exists() }

    private fun bodyOf(file: File, vector: Any?): ByteArray {
        val body = File(file.path.removeSuffix("json") + "bin").readBytes()
        val encoding = (vector.at("request", "headers") as Map<*, *>).entries
            .find { (it.key as String).lowercase() == "content-encoding" }?.value
        return if (encoding == "gzip") GZIPInputStream(body.inputStream()).readBytes() else body
    }

    private fun littleEndian(values: FloatArray): String {
        val bytes = ByteBuffer.allocate(values.size * 4).order(ByteOrder.LITTLE_ENDIAN)
        values.forEach { bytes.putFloat(it) }
        return hex(bytes.array())
    }

    /** Encodes a frame again from its values and what its reference says. */
    private fun encodeAgain(values: FloatArray, reference: Map<*, *>, channels: Int): PackedFrame {
        val scale = (reference["scale"] as? List<*>)?.map { it as Double }?.toDoubleArray()
        val encoding = if (reference["encoding"] == "int16") Frame.Encoding.INT16 else Frame.Encoding.FLOAT32
        val gaps = (reference["gaps"] as? List<*>).orEmpty().map {
            Frame.Gap((it.at(0) as Double).toInt(), (it.at(1) as Double).toInt())
        }
        val frame = Frame(values, channels, encoding, scale, reference["rate"] as? Double, null, gaps)
        return encodeFrame(frame, (reference["offset"] as Double).toInt())
    }

    @Test
    fun `batches are read, and written back with the same meaning`() {
        var frames = 0
        for (file in batches.filter { !it.name.startsWith("bad-") }) {
            val vector = JsonReader.read(file.readBytes())
            val batch = decodeBatch(bodyOf(file, vector))
            // A long header is not written out again.
            vector.at("header")?.let { assertTrue(canonicalJson(it) == canonicalJson(batch.header)) { file.name } }
            val again = decodeBatch(encodeBatch(jsonBytes(batch.header), listOf(batch.attachment)))
            assertEquals(batch.header, again.header)
            assertArrayEquals(batch.attachment, again.attachment)
            for (event in batch.header.at("events") as List<*>) frames += checkFrames(event, batch, vector)
        }
        assertTrue(batches.size > 20)
        assertTrue(frames >= 4) { "$frames frames" }
    }

    private fun checkFrames(event: Any?, batch: DecodedBatch, vector: Any?): Int {
        val expected = ((vector.at("expect") as Map<*, *>)["frames"] as? List<*>)
            ?.find { it.at("seq") == event.at("seq") } ?: return 0
        val field = expected.at("field") as String
        val type = app.events.getValue(event.at("name") as String).fields.getValue(field) as FieldType.Samples
        val reference = event.at("properties", field) as Map<*, *>
        val values = decodeFrame(batch.attachment, reference, type.channels.size)
        assertEquals(expected.at("float32"), littleEndian(values))
        val packed = encodeAgain(values, reference, type.channels.size)
        val offset = (reference["offset"] as Double).toInt()
        assertArrayEquals(batch.attachment.copyOfRange(offset, offset + packed.bytes.size), packed.bytes)
        val known = canonicalJson(reference.filterKeys { it in packed.reference })
        assertEquals(known, canonicalJson(packed.reference))
        return 1
    }

    @Test
    fun `bodies that are no batch are refused or carry a header`() {
        for (file in batches.filter { it.name.startsWith("bad-") }) {
            val body = File(file.path.removeSuffix("json") + "bin").readBytes()
            try {
                decodeBatch(body)
            } catch (error: TidelineException) {
                assertEquals(ErrorCode.BATCH_MALFORMED, error.code)
            }
        }
        for (name in listOf("bad-magic", "bad-length-odd", "bad-length-beyond", "bad-length-huge", "bad-json", "bad-utf8", "bad-short")) {
            val file = File(Vectors.folder, "wire/$name.bin")
            val result = runCatching { decodeBatch(file.readBytes()) }
            assertTrue(result.exceptionOrNull() is TidelineException) { name }
        }
    }

    @Test
    fun `the batch of the first version is still read`() {
        val batch = decodeBatch(Vectors.bytes("compat/v1/batch.tlb"))
        assertEquals(canonicalJson(Vectors.json("compat/v1/expected.json").at("batch", "header")), canonicalJson(batch.header))
    }
}
