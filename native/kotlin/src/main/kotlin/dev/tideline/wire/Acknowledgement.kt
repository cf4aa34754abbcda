package dev.tideline.wire

import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException

/**
 * The server's answer to a batch: it is responsible for what it acknowledges, quarantined events included.
 *
 * @property quarantined how many of the acknowledged events it keeps apart because they do not fit
 * @property duplicates how many it had before
 */
internal class Acknowledgement(val acknowledged: SequenceSet, val quarantined: Int, val duplicates: Long) {
    internal companion object {
        /** The answer that bytes hold; null where they hold none, as the page of a captive portal. */
        fun read(bytes: ByteArray): Acknowledgement? {
            val answer = try {
                JsonReader.read(bytes) as? Map<*, *>
            } catch (_: JsonSyntaxException) {
                null
            }
            if (answer?.get("format") != 1.0) return null
            val acknowledged = SequenceSet.read(answer["acknowledged"]) ?: return null
            val quarantined = answer["quarantined"] as? List<*> ?: return null
            return Acknowledgement(acknowledged, quarantined.size, (answer["duplicates"] as? Double)?.toLong() ?: 0)
        }
    }
}
