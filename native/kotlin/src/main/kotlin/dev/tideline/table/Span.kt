package dev.tideline.table

/** First and last position that an operand reaches in memory. */
internal class Span(val first: Long, val last: Long) {
    /** Whether the ranges share a position. */
    fun meets(other: Span): Boolean = first <= other.last && other.first <= last

    internal companion object {
        /** What a run of numbers without gaps reaches. */
        fun dense(position: Long, count: Long): Span = Span(position, position + count - 1)

        /** What a walk with strides reaches. */
        fun strided(position: Long, lengths: LongArray, strides: LongArray): Span {
            var first = position
            var last = position
            for ((axis, length) in lengths.withIndex()) {
                val reach = (length - 1) * strides[axis]
                if (reach < 0) first += reach else last += reach
            }
            return Span(first, last)
        }
    }
}
