package dev.tideline.table.op

import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product
import dev.tideline.table.require
import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.sin

/** Fourier parts of several series under a periodic Hann taper. */
internal fun readSpectrum(arguments: Arguments): Instruction {
    val size = arguments.length()
    val first = arguments.unsigned()
    val bins = arguments.length()
    val columns = arguments.length()
    val source = arguments.unsigned()
    val strideSample = arguments.stride()
    val strideColumn = arguments.stride()
    val target = arguments.unsigned()
    require(size >= 4 && first + bins - 1 <= size / 2) { "bins $first to ${first + bins - 1} of $size samples" }
    val strides = longArrayOf(strideSample, strideColumn)
    val operand = arguments.reads(Span.strided(source, longArrayOf(size, columns), strides))
    arguments.writes(Span.dense(target, product(2 * bins, columns)), operand)
    arguments.work(2 * bins + 1, columns, size)
    arguments.space(8 * size)
    return SpectrumRun(
        size.toInt(), first.toInt(), bins.toInt(), columns.toInt(), source.toInt(), strides.toInts(), target.toInt(),
    )
}

private class SpectrumRun(
    private val size: Int,
    private val first: Int,
    private val bins: Int,
    private val columns: Int,
    private val source: Int,
    private val strides: IntArray,
    private val target: Int,
) : Instruction {
    private val cosine = DoubleArray(size) { cos(2 * PI * it / size) }
    private val sine = DoubleArray(size) { sin(2 * PI * it / size) }
    private val tapered = DoubleArray(size)

    override fun run(memory: FloatArray) {
        for (column in 0 until columns) {
            var total = 0.0
            for (time in 0 until size) {
                val value = memory[source + time * strides[0] + column * strides[1]].toDouble()
                total += value
                tapered[time] = (0.5 - 0.5 * cosine[time]) * value
            }
            for (bin in 0 until bins) {
                val frequency = first + bin
                var even = 0.0
                var odd = 0.0
                var phase = 0
                for (time in 0 until size) {
                    even += cosine[phase] * tapered[time]
                    odd += sine[phase] * tapered[time]
                    phase += frequency
                    if (phase >= size) phase -= size
                }
                val mean = if (frequency == 0) 0.5 else if (frequency == 1) -0.25 else 0.0
                memory[target + bin * columns + column] = (even - mean * total).toFloat()
                memory[target + (bins + bin) * columns + column] = odd.toFloat()
            }
        }
    }
}
