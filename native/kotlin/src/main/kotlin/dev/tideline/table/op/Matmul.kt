package dev.tideline.table.op

import dev.tideline.table.Activation
import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product

/** `target[g, i, j] = activation(sum over l of a[g, i, l] * b[g, l, j] + bias[i, j])`. */
internal fun readMatmul(arguments: Arguments): Instruction {
    val (batch, m, k, n) = arguments.lengths(4)
    val a = arguments.unsigned()
    val strideA = arguments.strides(3)
    val b = arguments.unsigned()
    val strideB = arguments.strides(3)
    val bias = arguments.unsigned()
    val strideBias = arguments.strides(2)
    val target = arguments.unsigned()
    val activation = arguments.activation()
    val operands = listOfNotNull(
        arguments.reads(Span.strided(a, longArrayOf(batch, m, k), strideA)),
        arguments.reads(Span.strided(b, longArrayOf(batch, k, n), strideB)),
        if (bias == Arguments.NONE) null else arguments.reads(Span.strided(bias, longArrayOf(m, n), strideBias)),
    )
    arguments.writes(Span.dense(target, product(batch, m, n)), *operands.toTypedArray())
    arguments.work(batch, m, n, k + 1)
    val shape = longArrayOf(batch, m, k, n).toInts()
    val biasAt = if (bias == Arguments.NONE) -1 else bias.toInt()
    return MatmulRun(
        shape, a.toInt(), strideA.toInts(), b.toInt(), strideB.toInts(), biasAt, strideBias.toInts(), target.toInt(), activation,
    )
}

private class MatmulRun(
    private val shape: IntArray,
    private val a: Int,
    private val strideA: IntArray,
    private val b: Int,
    private val strideB: IntArray,
    private val bias: Int,
    private val strideBias: IntArray,
    private val target: Int,
    private val activation: Activation,
) : Instruction {
    override fun run(memory: FloatArray) {
        val (batch, m, k, n) = shape
        val stepA = strideA[2]
        val stepB = strideB[1]
        var to = target
        for (g in 0 until batch) for (i in 0 until m) for (j in 0 until n) {
            var atA = a + g * strideA[0] + i * strideA[1]
            var atB = b + g * strideB[0] + j * strideB[2]
            var sum = 0.0
            for (l in 0 until k) {
                sum += memory[atA].toDouble() * memory[atB].toDouble()
                atA += stepA
                atB += stepB
            }
            if (bias >= 0) sum += memory[bias + i * strideBias[0] + j * strideBias[1]].toDouble()
            memory[to++] = activation.of(sum).toFloat()
        }
    }
}
