package dev.tideline.table.op

import dev.tideline.table.Activation
import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product
import dev.tideline.table.require

/** A convolution in two dimensions, with groups. */
internal fun readConv(arguments: Arguments): Instruction {
    val groups = arguments.length()
    val channels = arguments.length()
    val height = arguments.length()
    val width = arguments.length()
    val filters = arguments.length()
    val grid = readGrid(arguments, height, width, isPool = false)
    val source = arguments.unsigned()
    val weight = arguments.unsigned()
    val bias = arguments.unsigned()
    val target = arguments.unsigned()
    val activation = arguments.activation()
    require(channels % groups == 0L && filters % groups == 0L) { "$groups groups of $channels channels, $filters filters" }
    val depth = channels / groups
    val operands = listOfNotNull(
        arguments.reads(Span.dense(source, product(channels, height, width))),
        arguments.reads(Span.dense(weight, product(filters, depth, grid.kernelHeight.toLong(), grid.kernelWidth.toLong()))),
        if (bias == Arguments.NONE) null else arguments.reads(Span.dense(bias, filters)),
    )
    arguments.writes(Span.dense(target, product(filters, grid.rows.toLong(), grid.columns.toLong())), *operands.toTypedArray())
    val taps = product(depth, grid.kernelHeight.toLong(), grid.kernelWidth.toLong()) + 1
    arguments.work(filters, grid.rows.toLong(), grid.columns.toLong(), taps)
    val biasAt = if (bias == Arguments.NONE) -1 else bias.toInt()
    return ConvRun(grid, (filters / groups).toInt(), filters.toInt(), depth.toInt(), source.toInt(), weight.toInt(), biasAt, target.toInt(), activation)
}

private class ConvRun(
    private val grid: Grid,
    private val filtersOfGroup: Int,
    private val filters: Int,
    private val depth: Int,
    private val source: Int,
    private val weight: Int,
    private val bias: Int,
    private val target: Int,
    private val activation: Activation,
) : Instruction {
    override fun run(memory: FloatArray) {
        var to = target
        for (filter in 0 until filters) {
            val channel = filter / filtersOfGroup * depth
            for (row in 0 until grid.rows) for (column in 0 until grid.columns) {
                var sum = sumAt(memory, filter, channel, row, column)
                if (bias >= 0) sum += memory[bias + filter].toDouble()
                memory[to++] = activation.of(sum).toFloat()
            }
        }
    }

    private fun sumAt(memory: FloatArray, filter: Int, firstChannel: Int, row: Int, column: Int): Double {
        val plane = grid.height * grid.width
        var sum = 0.0
        var tap = weight + filter * depth * grid.kernelHeight * grid.kernelWidth
        for (channel in firstChannel until firstChannel + depth) {
            for (u in 0 until grid.kernelHeight) {
                val y = grid.rowOf(row, u)
                if (y < 0) {
                    tap += grid.kernelWidth
                    continue
                }
                val line = source + channel * plane + y * grid.width
                for (v in 0 until grid.kernelWidth) {
                    val x = grid.columnOf(column, v)
                    if (x >= 0) sum += memory[line + x].toDouble() * memory[tap].toDouble()
                    tap++
                }
            }
        }
        return sum
    }
}
