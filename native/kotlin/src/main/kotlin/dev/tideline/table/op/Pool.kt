package dev.tideline.table.op

import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product

/** Largest or mean under a kernel, for each channel. */
internal fun readPool(arguments: Arguments): Instruction {
    val kind = arguments.kind(3)
    val channels = arguments.length()
    val height = arguments.length()
    val width = arguments.length()
    val grid = readGrid(arguments, height, width, isPool = true)
    val source = arguments.unsigned()
    val target = arguments.unsigned()
    val operand = arguments.reads(Span.dense(source, product(channels, height, width)))
    val answers = product(channels, grid.rows.toLong(), grid.columns.toLong())
    arguments.writes(Span.dense(target, answers), operand)
    arguments.work(answers, grid.kernelHeight.toLong(), grid.kernelWidth.toLong())
    return PoolRun(kind, grid, channels.toInt(), source.toInt(), target.toInt())
}

private class PoolRun(
    private val kind: Int,
    private val grid: Grid,
    private val channels: Int,
    private val source: Int,
    private val target: Int,
) : Instruction {
    override fun run(memory: FloatArray) {
        var to = target
        for (channel in 0 until channels) {
            val plane = source + channel * grid.height * grid.width
            for (row in 0 until grid.rows) for (column in 0 until grid.columns) {
                memory[to++] = answer(memory, plane, row, column).toFloat()
            }
        }
    }

    private fun answer(memory: FloatArray, plane: Int, row: Int, column: Int): Double {
        var largest = Double.NEGATIVE_INFINITY
        var sum = 0.0
        var count = 0
        for (u in 0 until grid.kernelHeight) {
            val y = grid.rowOf(row, u)
            if (y < 0) continue
            for (v in 0 until grid.kernelWidth) {
                val x = grid.columnOf(column, v)
                if (x < 0) continue
                val value = memory[plane + y * grid.width + x].toDouble()
                if (value > largest || value.isNaN()) largest = value
                sum += value
                count++
            }
        }
        return when (kind) {
            0 -> largest
            1 -> sum / count
            else -> sum / (grid.paddedRows(row) * grid.paddedColumns(column))
        }
    }
}
