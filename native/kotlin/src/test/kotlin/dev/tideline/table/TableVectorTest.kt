package dev.tideline.table

import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import dev.tideline.Vectors
import dev.tideline.at
import dev.tideline.json.JsonReader
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import java.io.File
import kotlin.math.abs

/** Every table of `vectors/table` agrees with what ONNX Runtime made of the same graph. */
class TableVectorTest {
    private fun number(value: Any?): Double = if (value is String) value.toDouble() else value as Double

    private fun floats(value: Any?): FloatArray = (value as List<*>).map { number(it).toFloat() }.toFloatArray()

    private fun dims(value: Any?): List<Int> = (value as List<*>).map { (it as Double).toInt() }

    private fun compare(expected: FloatArray, received: FloatArray, absolute: Double, relative: Double) {
        assertEquals(expected.size, received.size)
        val largest = expected.filter { it.isFinite() }.maxOfOrNull { abs(it.toDouble()) } ?: 0.0
        for (index in expected.indices) {
            val (wanted, came) = expected[index] to received[index]
            if (!wanted.isFinite()) assertEquals(wanted, came, "at $index")
            else assertTrue(abs(wanted.toDouble() - came) <= absolute + relative * largest) { "$came for $wanted at $index" }
        }
    }

    private fun check(table: File) {
        val wanted = JsonReader.read(File(table.path.removeSuffix(".tlm") + ".json").readBytes())
        val model = TableModel.load(table.readBytes())
        assertEquals(wanted.at("input", "name"), model.input.name)
        assertEquals(dims(wanted.at("input", "dims")), model.input.dims)
        val outputs = wanted.at("outputs") as List<*>
        assertEquals(outputs.map { it.at("name") to dims(it.at("dims")) }, model.outputs.map { it.name to it.dims })
        assertEquals(wanted.at("labels"), model.labels)
        val absolute = wanted.at("tolerance", "absolute") as Double
        val relative = wanted.at("tolerance", "relative") as Double
        for (row in wanted.at("rows") as List<*>) {
            val input = floats(row.at("input"))
            for ((index, output) in model.outputs.withIndex()) {
                compare(floats(row.at("outputs", output.name)), model.run(input, index), absolute, relative)
            }
        }
    }

    @TestFactory
    fun agrees(): List<DynamicTest> {
        val tables = Vectors.files("table", ".tlm")
        assertTrue(tables.size >= 8)
        return tables.map { dynamicTest(it.name) { check(it) } }
    }

    @TestFactory
    fun refuses(): List<DynamicTest> = Vectors.files("table/refuse", ".tlm").map { table ->
        dynamicTest(table.name) {
            val error = assertThrows(TidelineException::class.java) { TableModel.load(table.readBytes()) }
            assertEquals(ErrorCode.MODEL_MALFORMED, error.code)
        }
    }
}
