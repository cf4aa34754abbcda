package dev.tideline.definition

import dev.tideline.ErrorCode
import dev.tideline.fault
import dev.tideline.json.JsonObject

/** How a series of samples becomes windows; [dev.tideline.capture.Framer] gives it its meaning. */
internal class WindowDefinition(
    val name: String,
    val event: String,
    val field: String,
    val session: String,
    val start: String,
    val input: List<String>,
    val rate: Double,
    val size: Int,
    val hop: Int,
    val gravityChannels: List<String>,
    val gravityCutoff: Double,
    val channels: List<String>,
    /** The declaration as it stands, to be compared with a release's. */
    val plain: Map<String, Any?>,
) {
    internal companion object {
        /** Values of the largest window: 16 MiB of float32. */
        private const val MOST_VALUES = 4L * 1024 * 1024

        fun read(window: JsonObject): WindowDefinition {
            val gravity = window.child("gravity")
            val read = WindowDefinition(
                window.text("name"),
                window.text("event"),
                window.text("field"),
                window.text("session"),
                window.text("start"),
                window.texts("input"),
                window.number("rate"),
                window.count("size"),
                window.count("hop"),
                gravity.texts("channels"),
                gravity.number("cutoff"),
                window.texts("channels"),
                window.members,
            )
            val width = read.input.size + read.gravityChannels.size
            val fits = read.size >= 1 && read.hop in 1..read.size && read.channels.size == width &&
                read.input.containsAll(read.gravityChannels) && read.rate > 0 && read.gravityCutoff > 0 &&
                read.size.toLong() * width in 1..MOST_VALUES
            if (fits) return read
            throw fault(
                ErrorCode.DEFINITION_ILLEGAL,
                "window \"${read.name}\"",
                expected = "a size, a hop of at most it, and the channels that its input gives",
                received = "size ${read.size}, hop ${read.hop}, channels ${read.channels}",
            )
        }
    }
}
