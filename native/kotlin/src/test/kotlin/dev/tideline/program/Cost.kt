package dev.tideline.program

import com.sun.management.ThreadMXBean
import dev.tideline.TidelineException
import dev.tideline.json.jsonText
import dev.tideline.table.TableModel
import java.io.File
import java.lang.management.ManagementFactory

/**
 * Says what loading tables takes: `Cost FILE...`. For each a line of JSON: `code`, and the `bytes` that were allocated
 * in all, whether or not they were garbage soon after.
 */
fun main(args: Array<String>) {
    val memory = ManagementFactory.getThreadMXBean() as ThreadMXBean
    // The first time loads classes.
    for (path in args.take(1) + args) {
        val file = File(path).readBytes()
        val before = memory.getThreadAllocatedBytes(Thread.currentThread().id)
        val begun = System.nanoTime()
        val code = try {
            TableModel.load(file)
            "OK"
        } catch (error: TidelineException) {
            error.code.name
        }
        val ms = (System.nanoTime() - begun) / 1_000_000
        val bytes = memory.getThreadAllocatedBytes(Thread.currentThread().id) - before
        println(jsonText(mapOf("path" to path, "code" to code, "bytes" to bytes, "ms" to ms)))
    }
}
