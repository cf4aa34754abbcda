package dev.tideline.table.op

import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product
import kotlin.math.exp
import kotlin.math.ln

/** The operand of an operator along the middle axis of `[outer, count, inner]`. */
private class Axis(val outer: Int, val count: Int, val inner: Int, val source: Int, val target: Int) {
    /** Calls with the first position of each series, and the index of its answer. */
    inline fun forEach(work: (first: Int, answer: Int) -> Unit) {
        for (o in 0 until outer) for (i in 0 until inner) work(source + o * count * inner + i, o * inner + i)
    }
}

private fun readAxis(arguments: Arguments, isWhole: Boolean): Axis {
    val (outer, count, inner) = arguments.lengths(3)
    val source = arguments.unsigned()
    val target = arguments.unsigned()
    val operand = arguments.reads(Span.dense(source, product(outer, count, inner)))
    val written = if (isWhole) product(outer, count, inner) else product(outer, inner)
    val isInPlace = isWhole && source == target
    arguments.writes(Span.dense(target, written), *(if (isInPlace) emptyArray() else arrayOf(operand)))
    arguments.work(outer, count, inner)
    return Axis(outer.toInt(), count.toInt(), inner.toInt(), source.toInt(), target.toInt())
}

/** The largest (smallest) of a series: a later one counts when it is greater (smaller) or NaN. */
private fun extreme(memory: FloatArray, first: Int, count: Int, step: Int, isLargest: Boolean): Float {
    var best = memory[first]
    for (index in 1 until count) {
        val value = memory[first + index * step]
        if (value.isNaN() || (if (isLargest) value > best else value < best)) best = value
    }
    return best
}

/** Sum, mean, largest, smallest. */
internal fun readReduce(arguments: Arguments): Instruction {
    val kind = arguments.kind(4)
    val axis = readAxis(arguments, isWhole = false)
    return Instruction { memory ->
        axis.forEach { first, answer ->
            memory[axis.target + answer] = if (kind >= 2) {
                extreme(memory, first, axis.count, axis.inner, kind == 2)
            } else {
                var sum = 0.0
                for (index in 0 until axis.count) sum += memory[first + index * axis.inner].toDouble()
                (if (kind == 1) sum / axis.count else sum).toFloat()
            }
        }
    }
}

/** Softmax, or its logarithm. */
internal fun readSoftmax(arguments: Arguments): Instruction {
    val isLogarithm = arguments.kind(2) == 1
    val axis = readAxis(arguments, isWhole = true)
    val shift = axis.target - axis.source
    return Instruction { memory ->
        axis.forEach { first, _ ->
            val highest = extreme(memory, first, axis.count, axis.inner, isLargest = true).toDouble()
            var sum = 0.0
            for (index in 0 until axis.count) {
                val at = first + index * axis.inner
                val power = exp(memory[at] - highest)
                if (isLogarithm) {
                    sum += power
                } else {
                    memory[at + shift] = power.toFloat()
                    sum += memory[at + shift].toDouble()
                }
            }
            for (index in 0 until axis.count) {
                val at = first + index * axis.inner
                val value = if (isLogarithm) (memory[at] - highest) - ln(sum) else memory[at + shift] / sum
                memory[at + shift] = value.toFloat()
            }
        }
    }
}

/** The index of the largest, the first or the last of several. */
internal fun readArgmax(arguments: Arguments): Instruction {
    val isLast = arguments.kind(2) == 1
    val axis = readAxis(arguments, isWhole = false)
    return Instruction { memory ->
        axis.forEach { first, answer ->
            var best = 0
            for (index in 1 until axis.count) {
                val value = memory[first + index * axis.inner]
                val highest = memory[first + best * axis.inner]
                if (value > highest || (isLast && value == highest)) best = index
            }
            memory[axis.target + answer] = best.toFloat()
        }
    }
}
