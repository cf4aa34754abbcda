package dev.tideline.program

import dev.tideline.ClientLimits
import dev.tideline.ClientOptions
import dev.tideline.CrashPoint
import dev.tideline.Environment
import dev.tideline.TidelineClient
import dev.tideline.definition.AppDefinition
import dev.tideline.json.jsonText
import dev.tideline.jvm.JvmPorts
import dev.tideline.release.RootMetadata
import dev.tideline.subject.SubjectRequest
import dev.tideline.wire.Frame
import java.io.File
import kotlin.concurrent.thread

/**
 * A phone as a process of its own: `Phone FOLDER APP ROOT COLLECT CONSOLE KEY CRASH STEP...`. Tells in lines of JSON
 * what each step came to. At the crash point (`-` for none) it says so and stands still until it is killed.
 *
 * Steps: `consent:a,b`, `tap:LABEL:COUNT`, `motion:LABEL:COUNT`, `flush`, `update`, `predict:SEED:COUNT:VALUES`, `erase`,
 * `receipts`, `export`, `end`.
 */
fun main(args: Array<String>) {
    val (folder, app, root, collect, console) = args
    val (key, crash) = args.drop(5)
    val jvm = JvmPorts.open(File(folder, "files"), File(folder, "secret"), crashPoint = { standStillAt(it, crash) })
    val options = ClientOptions(
        AppDefinition.parse(File(app).readBytes()),
        jvm.ports,
        collect,
        console,
        key,
        RootMetadata.parse(File(root).readBytes()),
        user = "person-1",
        environment = Environment.DEVELOPMENT,
        limits = ClientLimits(segmentBytes = 1500, batchEvents = 20, backoffMs = 20, maxBackoffMs = 200),
    )
    val client = TidelineClient.open(options)
    for (step in args.drop(7)) run(client, step.split(':'))
    client.close()
    jvm.close()
}

private fun say(vararg facts: Pair<String, Any?>) = synchronized(System.out) {
    println(jsonText(mapOf(*facts)))
    System.out.flush()
}

private fun standStillAt(point: CrashPoint, wanted: String) {
    if (point.point != wanted) return
    say("at" to wanted)
    while (true) Thread.sleep(1000)
}

private fun run(client: TidelineClient, step: List<String>) {
    when (step[0]) {
        "consent" -> client.setConsent(step[1].split(',').filter { it.isNotEmpty() })
        // Several threads record at once, as apps do.
        "tap" -> List(2) { half ->
            thread {
                for (index in half until step[2].toInt() step 2) {
                    val target = "${step[1]}-$index"
                    val identity = client.track("tap", mapOf("target" to target, "screen" to "home"))
                    say("recorded" to target, "seq" to identity?.seq)
                }
            }
        }.forEach { it.join() }
        "motion" -> for (index in 0 until step[2].toInt()) {
            val values = FloatArray(48) { index * 100f + it }
            val encoding = if (index % 2 == 0) Frame.Encoding.FLOAT32 else Frame.Encoding.INT16
            val frame = Frame(values, 6, encoding, if (index % 2 == 0) null else DoubleArray(6) { 0.5 }, 50.0)
            val identity = client.track("motion", mapOf("session" to step[1], "start" to index * 8, "samples" to frame))
            say("recorded" to "${step[1]}-$index", "seq" to identity?.seq)
        }
        "flush" -> client.flush().run { say("acknowledged" to acknowledged, "pending" to pending, "stopped" to stopped?.name) }
        "update" -> client.update().run { say("update" to result.name, "version" to version, "code" to code?.name) }
        "predict" -> predict(client, step[1].toLong(), step[2].toInt(), step[3].toInt())
        "erase" -> client.eraseMe().run { say("state" to request.state.name, "install" to request.install) }
        "receipts" -> for (request in client.diagnostics().requests) {
            if (request.state == SubjectRequest.State.DONE) say("install" to request.install, "receipt" to client.receiptOf(request))
        }
        "export" -> client.exportMe().run { say("export" to request.state.name, "content" to content?.let { String(it) }) }
        "end" -> client.diagnostics().run {
            say("install" to install, "epoch" to epoch, "pending" to events.pending)
        }
        else -> throw IllegalArgumentException(step[0])
    }
}

/** Windows whose values count up by eighths, as the test makes them too. */
private fun predict(client: TidelineClient, seed: Long, count: Int, values: Int) = repeat(count) { index ->
    val window = FloatArray(values) { ((it * 7 + index * 13 + seed) % 33 - 16) / 8f }
    client.predict(window, "s1", index.toLong()).run {
        say("label" to label, "source" to source.name, "probabilities" to probabilities, "reason" to reason, "runtime" to runtime)
    }
}
