package dev.tideline.queue

import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import dev.tideline.json.JsonObject
import dev.tideline.wire.SequenceSet

/** What has become of the events of one source: the server has them, or they were given up. */
internal class Settled(
    val acknowledged: SequenceSet = SequenceSet.EMPTY,
    val dropped: SequenceSet = SequenceSet.EMPTY,
) {
    operator fun contains(seq: Long): Boolean = seq in acknowledged || seq in dropped

    val highest: Long get() = maxOf(acknowledged.highest, dropped.highest)
}

/**
 * The queue's state file.
 *
 * @property quarantined events that the server keeps apart, over all time
 */
internal class QueueState(val quarantined: Long = 0, val sources: Map<String, Settled> = emptyMap()) {
    fun settled(key: String): Settled = sources[key] ?: Settled()

    fun acknowledge(key: String, sequences: SequenceSet, quarantined: Int): QueueState {
        val old = settled(key)
        val next = Settled(old.acknowledged + sequences, old.dropped)
        return QueueState(this.quarantined + quarantined, sources + (key to next))
    }

    fun drop(key: String, sequences: SequenceSet): QueueState {
        val old = settled(key)
        return QueueState(quarantined, sources + (key to Settled(old.acknowledged, old.dropped + sequences)))
    }

    fun toJson(): Map<String, Any?> = mapOf(
        "format" to 1,
        "quarantined" to quarantined,
        "sources" to sources.mapValues { (_, settled) ->
            mapOf("acknowledged" to settled.acknowledged.toJson(), "dropped" to settled.dropped.toJson())
        },
    )

    internal companion object {
        /** Name of the file. */
        const val FILE: String = "queue.json"

        /** The state of a file; null where it is none, which means lost storage. */
        fun read(file: Map<String, Any?>): QueueState? = try {
            val state = JsonObject(file, FILE, ErrorCode.STORAGE_FAILED)
            val sources = state.named("sources").mapValues { (_, settled) ->
                val sets = listOf("acknowledged", "dropped").map { SequenceSet.read(settled.list(it)) }
                Settled(sets[0] ?: return null, sets[1] ?: return null)
            }
            QueueState(state.whole("quarantined"), sources)
        } catch (_: TidelineException) {
            null
        }
    }
}
