package dev.tideline.capture

import dev.tideline.ErrorCode
import dev.tideline.definition.WindowDefinition
import dev.tideline.fault
import kotlin.math.PI

/** A finished window: the index of its first sample in the session, and `[size, channels]` values. */
internal class Window(val start: Long, val values: FloatArray)

/**
 * The one meaning of windows, on the phone as in the pipeline. The gravity of a sample is a causal low-pass of the
 * acceleration, started at the session's first sample (or the first after a gap), kept in float64; the body's
 * acceleration is the rest. A window is given out as soon as its last sample has come; how samples are cut into
 * pushes changes nothing.
 */
internal class Framer(private val definition: WindowDefinition) {
    private val inputs = definition.input.size
    private val width = definition.channels.size
    private val splitFrom = definition.gravityChannels.map { definition.input.indexOf(it) }
    private val copied = definition.input.indices.filter { it !in splitFrom }
    private val level = DoubleArray(splitFrom.size)
    private val buffer = FloatArray(definition.size * width)
    private var filled = 0
    private var next = -1L
    private var isFresh = true

    /** dt / (dt + 1 / (2 pi cutoff)), for a first-order low-pass. */
    private val alpha = (1 / definition.rate).let { it / (it + 1 / (2 * PI * definition.gravityCutoff)) }

    private fun append(values: FloatArray, from: Int) {
        var to = filled * width
        for ((index, channel) in splitFrom.withIndex()) {
            val sample = values[from + channel].toDouble()
            level[index] = if (isFresh) sample else level[index] + alpha * (sample - level[index])
            buffer[to + index] = (sample - level[index]).toFloat()
            buffer[to + splitFrom.size + index] = level[index].toFloat()
        }
        to += 2 * splitFrom.size
        for (channel in copied) buffer[to++] = values[from + channel]
        isFresh = false
        filled++
    }

    /**
     * Takes the samples from `start` on, interleaved `[samples, input channels]`, in order. Samples that were taken
     * before are passed over; a jump ahead is a gap: filter and window start anew.
     *
     * @throws dev.tideline.TidelineException `ARGUMENT_INVALID`
     */
    fun push(start: Long, values: FloatArray): List<Window> {
        if (values.size % inputs != 0 || start < 0) {
            val expected = "a start of at least 0 and a multiple of $inputs values"
            val received = "start $start, ${values.size} values"
            throw fault(ErrorCode.ARGUMENT_INVALID, "framer \"${definition.name}\"", "samples", expected, received)
        }
        val finished = ArrayList<Window>()
        val count = values.size / inputs
        if (next >= 0 && start > next) {
            filled = 0
            isFresh = true
        }
        if (start > next) next = start
        for (sample in maxOf(0, next - start) until count) {
            append(values, sample.toInt() * inputs)
            next++
            if (filled == definition.size) {
                finished.add(Window(next - definition.size, buffer.copyOf()))
                buffer.copyInto(buffer, 0, definition.hop * width, buffer.size)
                filled = definition.size - definition.hop
            }
        }
        return finished
    }
}
