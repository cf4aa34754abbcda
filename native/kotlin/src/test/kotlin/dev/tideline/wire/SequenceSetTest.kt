package dev.tideline.wire

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import kotlin.random.Random

class SequenceSetTest {
    @Test
    fun `ranges join where they meet`() {
        assertEquals(listOf(1L..6L), (SequenceSet.of(1L..3L) + (4L..6L)).ranges)
        assertEquals(listOf(1L..1L, 3L..4L), SequenceSet.of(listOf(4, 1, 3, 3)).ranges)
        assertEquals(0, SequenceSet.EMPTY.highest)
    }

    @Test
    fun `does what a set of numbers does`() {
        val random = Random(3)
        repeat(300) {
            var set = SequenceSet.EMPTY
            val numbers = HashSet<Long>()
            repeat(20) {
                val from = random.nextLong(60)
                val range = from..from + random.nextLong(6)
                set += range
                numbers.addAll(range)
            }
            assertEquals(SequenceSet.of(numbers), set)
            assertEquals(numbers.size.toLong(), set.size)
            for (number in 0L..70L) assertEquals(number in numbers, number in set)
        }
    }

    @Test
    fun `reads ranges, and nothing else`() {
        assertEquals(SequenceSet.of(listOf(1, 2, 4)), SequenceSet.read(listOf(listOf(4.0, 4.0), listOf(1.0, 2.0))))
        val bad = listOf<Any?>(
            null, "all", listOf(1.0), listOf(listOf(2.0, 1.0)), listOf(listOf(1.5, 2.0)), listOf(listOf(1.0)),
            listOf(listOf(-1.0, 2.0)), listOf(listOf(0.0, 1e300)), listOf(listOf(1.0, 2.0, 3.0)), listOf(listOf("1", "2")),
        )
        for (value in bad) assertNull(SequenceSet.read(value), value.toString())
    }
}
