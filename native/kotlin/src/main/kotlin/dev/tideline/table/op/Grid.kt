package dev.tideline.table.op

import dev.tideline.table.Arguments

/** How a kernel walks over a plane; shared by `conv` and `pool`. */
internal class Grid(
    val height: Int,
    val width: Int,
    val rows: Int,
    val columns: Int,
    val kernelHeight: Int,
    val kernelWidth: Int,
    private val strideDown: Long,
    private val strideRight: Long,
    private val top: Long,
    private val left: Long,
    private val bottom: Long,
    private val right: Long,
    private val dilationDown: Long,
    private val dilationRight: Long,
) {
    /** Row of the source under a kernel row; -1 outside. */
    fun rowOf(row: Int, u: Int): Int = inside(row * strideDown - top + u * dilationDown, height)

    /** Column of the source under a kernel column; -1 outside. */
    fun columnOf(column: Int, v: Int): Int = inside(column * strideRight - left + v * dilationRight, width)

    private fun inside(at: Long, length: Int): Int = if (at in 0 until length) at.toInt() else -1

    /** How many kernel rows of an output row are inside of the source or its padding. */
    fun paddedRows(row: Int): Int {
        val end = height + bottom
        return (0 until kernelHeight).count { (row * strideDown - top + it * dilationDown).let { at -> at >= -top && at < end } }
    }

    /** How many kernel columns of an output column are inside of the source or its padding. */
    fun paddedColumns(column: Int): Int {
        val end = width + right
        return (0 until kernelWidth).count { (column * strideRight - left + it * dilationRight).let { at -> at >= -left && at < end } }
    }
}

/** Reads rows, columns, kernel, strides, paddings (of a pool at the bottom and right too) and dilations. */
internal fun readGrid(arguments: Arguments, height: Long, width: Long, isPool: Boolean): Grid {
    val (rows, columns, kernelHeight, kernelWidth) = arguments.lengths(4)
    val (strideDown, strideRight) = arguments.lengths(2)
    val (top, left, bottom, right) = LongArray(4) { if (it < 2 || isPool) arguments.padding() else 0 }
    val (dilationDown, dilationRight) = arguments.lengths(2)
    return Grid(
        height.toInt(), width.toInt(), rows.toInt(), columns.toInt(), kernelHeight.toInt(), kernelWidth.toInt(),
        strideDown, strideRight, top, left, bottom, right, dilationDown, dilationRight,
    )
}
