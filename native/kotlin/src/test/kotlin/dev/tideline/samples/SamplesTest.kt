package dev.tideline.samples

import dev.tideline.Signing
import dev.tideline.SmallApp
import dev.tideline.Vectors
import dev.tideline.json.jsonBytes
import dev.tideline.table.TableModel
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** The examples of the documentation run; without a server the event waits. */
class SamplesTest {
    @Test
    fun `a client is opened`(@TempDir folder: File) {
        val nobody = "http://127.0.0.1:1"
        val root = jsonBytes(Signing.rootJson())
        val pending = openClient(File(folder, "s"), File(folder, "k"), jsonBytes(SmallApp.plain), root, nobody, nobody)
        assertEquals(1, pending)
    }

    @Test
    fun `a table is run`() {
        val table = Vectors.bytes("table/op-softmax.tlm")
        assertTrue(runTable(table, FloatArray(TableModel.load(table).input.size) { it.toFloat() }) >= 0)
    }
}
