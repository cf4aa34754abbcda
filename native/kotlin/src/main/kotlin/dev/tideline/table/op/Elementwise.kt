package dev.tideline.table.op

import dev.tideline.table.Activation
import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product
import kotlin.math.pow

/** `target[i] = f(source[i])`. */
internal fun readUnary(arguments: Arguments): Instruction {
    val kind = arguments.kind(Activation.KINDS)
    val count = arguments.length()
    val source = arguments.unsigned()
    val target = arguments.unsigned()
    val function = Activation.of(kind, arguments.float(), arguments.float())
    val operand = arguments.reads(Span.dense(source, count))
    if (source == target) arguments.writes(operand) else arguments.writes(Span.dense(target, count), operand)
    arguments.work(count)
    val from = source.toInt()
    val to = target.toInt()
    val size = count.toInt()
    return Instruction { memory ->
        for (index in 0 until size) memory[to + index] = function.of(memory[from + index].toDouble()).toFloat()
    }
}

private fun interface Combination {
    fun of(x: Double, y: Double): Double
}

private val COMBINATIONS = listOf(
    Combination { x, y -> x + y },
    Combination { x, y -> x - y },
    Combination { x, y -> x * y },
    Combination { x, y -> x / y },
    Combination(::power),
    Combination { x, y -> if (x > y || x.isNaN()) x else y },
    Combination { x, y -> if (x < y || x.isNaN()) x else y },
)

/** IEEE 754's `pow`, from which Java's differs at 1 and -1. */
private fun power(x: Double, y: Double): Double =
    if (x == 1.0 || (x == -1.0 && y.isInfinite())) 1.0 else x.pow(y)

/** Two operands under broadcasting, as strides say. */
internal fun readBinary(arguments: Arguments): Instruction {
    val function = COMBINATIONS[arguments.kind(COMBINATIONS.size)]
    val lengths = arguments.lengths(4)
    val a = arguments.unsigned()
    val strideA = arguments.strides(4)
    val b = arguments.unsigned()
    val strideB = arguments.strides(4)
    val target = arguments.unsigned()
    val count = product(*lengths)
    val dense = longArrayOf(lengths[1] * lengths[2] * lengths[3], lengths[2] * lengths[3], lengths[3], 1)
    val operandA = arguments.reads(Span.strided(a, lengths, strideA))
    val operandB = arguments.reads(Span.strided(b, lengths, strideB))
    fun isInPlace(position: Long, strides: LongArray) =
        position == target && lengths.indices.all { lengths[it] == 1L || strides[it] == dense[it] }
    val apart = listOfNotNull(
        operandA.takeUnless { isInPlace(a, strideA) },
        operandB.takeUnless { isInPlace(b, strideB) },
    )
    arguments.writes(Span.dense(target, count), *apart.toTypedArray())
    arguments.work(count)
    return BinaryRun(function, lengths.toInts(), a.toInt(), strideA.toInts(), b.toInt(), strideB.toInts(), target.toInt())
}

private class BinaryRun(
    private val function: Combination,
    private val lengths: IntArray,
    private val a: Int,
    private val strideA: IntArray,
    private val b: Int,
    private val strideB: IntArray,
    private val target: Int,
) : Instruction {
    override fun run(memory: FloatArray) {
        var to = target
        for (i in 0 until lengths[0]) for (j in 0 until lengths[1]) for (k in 0 until lengths[2]) {
            var atA = a + i * strideA[0] + j * strideA[1] + k * strideA[2]
            var atB = b + i * strideB[0] + j * strideB[1] + k * strideB[2]
            repeat(lengths[3]) {
                memory[to++] = function.of(memory[atA].toDouble(), memory[atB].toDouble()).toFloat()
                atA += strideA[3]
                atB += strideB[3]
            }
        }
    }
}

/** Numbers that were checked to be small; those that no walk uses may wrap. */
internal fun LongArray.toInts(): IntArray = IntArray(size) { this[it].toInt() }
