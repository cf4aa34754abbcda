package dev.tideline.table.op

import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product
import dev.tideline.table.require

/** Copies element by element, as strides say. */
internal fun readMove(arguments: Arguments): Instruction {
    val lengths = arguments.lengths(4)
    val source = arguments.unsigned()
    val strideFrom = arguments.strides(4)
    val target = arguments.unsigned()
    val strideTo = arguments.strides(4)
    product(*lengths)
    val operand = arguments.reads(Span.strided(source, lengths, strideFrom))
    arguments.writes(Span.strided(target, lengths, strideTo), operand)
    arguments.work(*lengths)
    val size = lengths.toInts()
    val from = strideFrom.toInts()
    val to = strideTo.toInts()
    return Instruction { memory ->
        for (i in 0 until size[0]) for (j in 0 until size[1]) for (k in 0 until size[2]) {
            var read = source.toInt() + i * from[0] + j * from[1] + k * from[2]
            var write = target.toInt() + i * to[0] + j * to[1] + k * to[2]
            repeat(size[3]) {
                memory[write] = memory[read]
                read += from[3]
                write += to[3]
            }
        }
    }
}

/** Takes some indices of the middle axis. */
internal fun readGather(arguments: Arguments): Instruction {
    val outer = arguments.length()
    val axis = arguments.length()
    val inner = arguments.length()
    val count = arguments.length()
    val source = arguments.unsigned()
    val target = arguments.unsigned()
    val at = arguments.listAt(arguments.unsigned(), count)
    val words = arguments.words
    val operand = arguments.reads(Span.dense(source, product(outer, axis, inner)))
    arguments.writes(Span.dense(target, product(outer, count, inner)), operand)
    arguments.work(outer, count, inner)
    for (index in 0 until count.toInt()) {
        val wanted = words[at + index].toLong() and 0xffffffffL
        require(wanted < axis) { "index $wanted of $axis" }
    }
    val width = inner.toInt()
    return Instruction { memory ->
        var to = target.toInt()
        for (o in 0 until outer.toInt()) {
            for (index in 0 until count.toInt()) {
                val from = source.toInt() + (o * axis.toInt() + words[at + index]) * width
                memory.copyInto(memory, to, from, from + width)
                to += width
            }
        }
    }
}
