package dev.tideline.wire

/**
 * A set of sequence numbers as sorted, disjoint and never adjacent closed ranges: its compact form on the wire.
 * A value: [plus] gives a new one.
 */
public class SequenceSet private constructor(
    /** The ranges, ascending, both ends included. */
    public val ranges: List<LongRange>,
) {
    /** How many numbers the set holds. */
    public val size: Long get() = ranges.sumOf { it.last - it.first + 1 }

    /** The highest number, or 0 for an empty set. */
    public val highest: Long get() = ranges.lastOrNull()?.last ?: 0

    private fun lowerBound(sequence: Long): Int {
        var low = 0
        var high = ranges.size
        while (low < high) {
            val middle = (low + high) ushr 1
            if (ranges[middle].last < sequence) low = middle + 1 else high = middle
        }
        return low
    }

    /** Whether the set holds a number. */
    public operator fun contains(sequence: Long): Boolean =
        ranges.getOrNull(lowerBound(sequence))?.let { it.first <= sequence } ?: false

    /** The set with one range more. */
    public operator fun plus(range: LongRange): SequenceSet {
        val start = lowerBound(range.first - 1)
        var end = start
        var low = range.first
        var high = range.last
        while (end < ranges.size && ranges[end].first <= range.last + 1) {
            low = minOf(low, ranges[end].first)
            high = maxOf(high, ranges[end].last)
            end++
        }
        return SequenceSet(ranges.subList(0, start) + listOf(low..high) + ranges.subList(end, ranges.size))
    }

    /** The set with all numbers of another. */
    public operator fun plus(other: SequenceSet): SequenceSet = other.ranges.fold(this) { set, range -> set + range }

    internal fun toJson(): List<List<Long>> = ranges.map { listOf(it.first, it.last) }

    override fun equals(other: Any?): Boolean = other is SequenceSet && other.ranges == ranges

    override fun hashCode(): Int = ranges.hashCode()

    override fun toString(): String = ranges.toString()

    /** Makes sets. */
    public companion object {
        /** The set of nothing. */
        @JvmField
        public val EMPTY: SequenceSet = SequenceSet(emptyList())

        /** The set of any numbers. */
        public fun of(sequences: Iterable<Long>): SequenceSet {
            val ranges = ArrayList<LongRange>()
            for (sequence in sequences.sorted()) {
                val last = ranges.lastOrNull()
                if (last != null && sequence <= last.last + 1) {
                    ranges[ranges.size - 1] = last.first..maxOf(last.last, sequence)
                } else {
                    ranges.add(sequence..sequence)
                }
            }
            return SequenceSet(ranges)
        }

        /** Reads `[[from, to], ...]`; null where the value is nothing of the kind. Ranges may come in any order. */
        internal fun read(value: Any?): SequenceSet? {
            var set = EMPTY
            for (item in value as? List<*> ?: return null) {
                val pair = item as? List<*> ?: return null
                val from = pair.getOrNull(0) as? Double ?: return null
                val to = pair.getOrNull(1) as? Double ?: return null
                if (pair.size != 2 || from > to || from < 0 || to > MOST || from != Math.floor(from)) return null
                if (to != Math.floor(to)) return null
                set += from.toLong()..to.toLong()
            }
            return set
        }

        /** 2^53 - 1, the highest number that JSON surely carries. */
        private const val MOST = 9007199254740991.0
    }
}
