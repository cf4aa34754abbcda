package dev.tideline.samples

import dev.tideline.ClientOptions
import dev.tideline.TidelineClient
import dev.tideline.definition.AppDefinition
import dev.tideline.jvm.JvmPorts
import dev.tideline.release.RootMetadata
import dev.tideline.table.TableModel
import java.io.File

/** Opens a client on two folders, records a tap and sends it. */
fun openClient(folder: File, secrets: File, app: ByteArray, root: ByteArray, collect: String, console: String): Int =
    JvmPorts.open(folder, secrets).use { jvm ->
        val options = ClientOptions(
            app = AppDefinition.parse(app),
            ports = jvm.ports,
            collect = collect,
            console = console,
            writeKey = "wk_live",
            root = RootMetadata.parse(root),
            user = "ada",
        )
        TidelineClient.open(options).use { client ->
            client.setConsent(listOf("analytics"))
            client.track("tap", mapOf("target" to "start"))
            client.flush().pending
        }
    }

/** The index of the class that a table finds most likely. */
fun runTable(table: ByteArray, row: FloatArray): Int {
    val model = TableModel.load(table)
    val scores = model.run(row)
    return scores.indices.maxByOrNull { scores[it] } ?: -1
}
