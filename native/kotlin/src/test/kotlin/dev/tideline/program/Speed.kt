package dev.tideline.program

import dev.tideline.table.TableModel
import java.io.File
import kotlin.random.Random

/** Times a table: `Speed TABLE`. Prints the median microseconds of a run after a warm-up. */
fun main(args: Array<String>) {
    val model = TableModel.load(File(args[0]).readBytes())
    val random = Random(1)
    val rows = List(512) { FloatArray(model.input.size) { random.nextFloat() * 6 - 3 } }
    var sink = 0f
    repeat(20) { for (row in rows) sink += model.run(row)[0] }
    val times = LongArray(rows.size * 10) { index ->
        val begun = System.nanoTime()
        sink += model.run(rows[index % rows.size])[0]
        System.nanoTime() - begun
    }
    times.sort()
    println("${times[times.size / 2] / 1000.0} us, p95 ${times[times.size * 95 / 100] / 1000.0} us ($sink)")
}
