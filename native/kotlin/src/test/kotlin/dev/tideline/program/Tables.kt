package dev.tideline.program

import dev.tideline.TidelineException
import dev.tideline.hex
import dev.tideline.table.TableModel
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder

/**
 * Runs tables: `Tables FOLDER`. For each `NAME.tlm` with rows of little-endian float32 in `NAME.rows`, a line with the
 * name and the hexadecimal of all outputs of all rows; `refused` with the code for a table that is none.
 */
fun main(args: Array<String>) {
    for (table in File(args[0]).listFiles().orEmpty().filter { it.name.endsWith(".tlm") }.sortedBy { it.name }) {
        val name = table.name.removeSuffix(".tlm")
        val model = try {
            TableModel.load(table.readBytes())
        } catch (error: TidelineException) {
            println("$name refused ${error.code}")
            continue
        }
        val rows = ByteBuffer.wrap(File(args[0], "$name.rows").readBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
        print("$name ")
        while (rows.hasRemaining()) {
            val row = FloatArray(model.input.size).also { rows.get(it) }
            for (output in model.outputs.indices) print(hexOf(model.run(row, output)))
        }
        println()
    }
}

private fun hexOf(values: FloatArray): String {
    val bytes = ByteBuffer.allocate(values.size * 4).order(ByteOrder.LITTLE_ENDIAN)
    values.forEach { bytes.putFloat(it) }
    return hex(bytes.array())
}
