package dev.tideline.table

import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import dev.tideline.Vectors
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.CRC32
import kotlin.random.Random

/**
 * Tables with random damage under a right checksum are refused with `MODEL_MALFORMED`, or run: nothing else is thrown,
 * and no position outside of the memory is touched. `-Dfuzz=N` sets how many.
 */
class TableFuzzTest {
    private val interesting = intArrayOf(0, 1, 2, -1, 255, 65_535, 65_536, 1 shl 24, (1 shl 24) - 1, Int.MAX_VALUE, Int.MIN_VALUE)

    private fun damage(table: ByteArray, random: Random): ByteArray {
        var bytes = table.copyOf()
        if (random.nextInt(16) == 0) bytes = bytes.copyOf(random.nextInt(bytes.size + 64))
        val view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
        repeat(1 + random.nextInt(4)) {
            if (bytes.size < 4) return bytes
            val word = random.nextInt(bytes.size / 4) * 4
            when (random.nextInt(4)) {
                0 -> bytes[random.nextInt(bytes.size)] = random.nextInt().toByte()
                1 -> view.putInt(word, interesting.random(random))
                2 -> view.putInt(word, view.getInt(word) + random.nextInt(-2, 3))
                else -> view.putInt(word, view.getInt(random.nextInt(bytes.size / 4) * 4))
            }
        }
        if (bytes.size >= 16) {
            if (random.nextInt(8) > 0) view.putInt(8, bytes.size)
            view.putInt(12, CRC32().apply { update(bytes, 16, bytes.size - 16) }.value.toInt())
        }
        return bytes
    }

    @Test
    fun `damaged tables are refused or run`() {
        val count = System.getProperty("fuzz", "10000").toInt()
        val seed = System.getProperty("seed", "20260801").toInt()
        val tables = Vectors.files("table", ".tlm").map { it.readBytes() }
        val random = Random(seed)
        var refused = 0
        var ran = 0
        repeat(count) { round ->
            val bytes = damage(tables.random(random), random)
            try {
                val model = TableModel.load(bytes)
                val input = FloatArray(model.input.size) { random.nextFloat() * 4 - 2 }
                // What would cost seconds says nothing more.
                if (bytes.size < 65_536) model.run(input)
                ran++
            } catch (error: TidelineException) {
                assertEquals(ErrorCode.MODEL_MALFORMED, error.code)
                refused++
            } catch (error: Throwable) {
                throw AssertionError("round $round of seed $seed", error)
            }
        }
        assertTrue(refused > count / 10 && ran > count / 50) { "$refused refused, $ran ran" }
    }
}
