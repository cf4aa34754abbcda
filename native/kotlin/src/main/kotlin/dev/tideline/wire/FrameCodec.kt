package dev.tideline.wire

import dev.tideline.ErrorCode
import dev.tideline.fault
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.abs

/** Samples as they travel: their bytes, a multiple of 4, and the reference to them. */
internal class PackedFrame(val bytes: ByteArray, val reference: Map<String, Any>)

/**
 * Packs a frame little-endian, for the given place in the attachment.
 *
 * @throws dev.tideline.TidelineException `FIELD_INVALID` for `int16` where a sample is not finite or does not fit the
 * scale: a sample that a sensor did not give is a gap
 */
internal fun encodeFrame(frame: Frame, offset: Int): PackedFrame {
    val reference = linkedMapOf<String, Any>("offset" to offset, "samples" to frame.samples)
    val size = (frame.values.size * frame.encoding.bytes + 3) / 4 * 4
    val bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN)
    if (frame.encoding == Frame.Encoding.FLOAT32) {
        for (value in frame.values) bytes.putFloat(value)
    } else {
        val scale = frame.scale ?: fittingScale(frame)
        for ((index, value) in frame.values.withIndex()) bytes.putShort(stored(frame, index, value, scale))
        reference["encoding"] = frame.encoding.wire
        reference["scale"] = scale.asList()
    }
    frame.rate?.let { reference["rate"] = it }
    frame.units?.let { reference["units"] = it }
    if (frame.gaps.isNotEmpty()) reference["gaps"] = frame.gaps.map { listOf(it.at, it.missing) }
    return PackedFrame(bytes.array(), reference)
}

private fun stored(frame: Frame, index: Int, value: Float, scale: DoubleArray): Short {
    val exact = value / scale[index % frame.channels]
    val rounded = Math.round(exact)
    if (!exact.isNaN() && rounded >= Short.MIN_VALUE && rounded <= Short.MAX_VALUE) return rounded.toShort()
    throw fault(
        ErrorCode.FIELD_INVALID,
        "frame",
        "sample ${index / frame.channels}",
        "a finite number that fits 16 bits with its scale",
        value.toString(),
        "Send it as float32, or a missing sample as a gap.",
    )
}

/** The smallest factor of each channel with which its samples fit into 16 bits. */
private fun fittingScale(frame: Frame): DoubleArray {
    val largest = DoubleArray(frame.channels)
    for ((index, value) in frame.values.withIndex()) {
        val channel = index % frame.channels
        largest[channel] = maxOf(largest[channel], abs(value.toDouble()))
    }
    return DoubleArray(frame.channels) { if (largest[it] == 0.0) 1.0 else largest[it] / 32767 }
}

/** Whether a property of a wire event is the reference to a frame. */
internal fun isFrame(value: Any?): Boolean = value is Map<*, *> && value["offset"] is Number

/**
 * The samples that a reference names, interleaved; what is missing is left out. An `int16` value is the float64
 * product of integer and scale, rounded to float32.
 *
 * @throws dev.tideline.TidelineException `FIELD_INVALID` where the reference is none, or points out of the attachment
 */
internal fun decodeFrame(attachment: ByteArray, reference: Map<*, *>, channels: Int): FloatArray {
    fun refuse(): Nothing = throw fault(
        ErrorCode.FIELD_INVALID,
        "frame",
        expected = "a frame of $channels channels inside an attachment of ${attachment.size} bytes",
        received = reference.toString(),
    )
    fun whole(key: String): Long {
        val number = (reference[key] as? Number)?.toDouble() ?: refuse()
        return if (number >= 0 && number == Math.floor(number) && number <= Int.MAX_VALUE) number.toLong() else refuse()
    }
    val encoding = when (reference["encoding"]) {
        null, Frame.Encoding.FLOAT32.wire -> Frame.Encoding.FLOAT32
        Frame.Encoding.INT16.wire -> Frame.Encoding.INT16
        else -> refuse()
    }
    val offset = whole("offset")
    val count = whole("samples") * channels
    val size = (count * encoding.bytes + 3) / 4 * 4
    if (channels < 1 || count == 0L || offset % 4 != 0L || offset + size > attachment.size) refuse()
    val view = ByteBuffer.wrap(attachment, offset.toInt(), size.toInt()).order(ByteOrder.LITTLE_ENDIAN)
    if (encoding == Frame.Encoding.FLOAT32) return FloatArray(count.toInt()) { view.getFloat() }
    val scale = (reference["scale"] as? List<*>)?.map { (it as? Number)?.toDouble() ?: refuse() } ?: refuse()
    if (scale.size != channels) refuse()
    return FloatArray(count.toInt()) { (view.getShort() * scale[it % channels]).toFloat() }
}
