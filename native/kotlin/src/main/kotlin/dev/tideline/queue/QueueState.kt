package dev.tideline.queue

import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import dev.tideline.json.JsonObject
import dev.tideline.wire.SequenceSet

/**
 * What has become of the events of one source: the server has them, or they were given up.
 *
 * @property proof hash of the install's secret, so that its events go out with it whoever sends them; null in older files
 * @property known whether the server took events of the install under other epochs, which are forgotten here
 */
internal class Settled(
    val acknowledged: SequenceSet = SequenceSet.EMPTY,
    val dropped: SequenceSet = SequenceSet.EMPTY,
    val proof: String? = null,
    val known: Boolean = false,
) {
    operator fun contains(seq: Long): Boolean = seq in acknowledged || seq in dropped

    val highest: Long get() = maxOf(acknowledged.highest, dropped.highest)

    fun with(
        acknowledged: SequenceSet = this.acknowledged,
        dropped: SequenceSet = this.dropped,
        proof: String? = this.proof,
        known: Boolean = this.known,
    ): Settled = Settled(acknowledged, dropped, proof, known)

    fun toJson(): Map<String, Any?> {
        val file = linkedMapOf<String, Any?>("acknowledged" to acknowledged.toJson(), "dropped" to dropped.toJson())
        if (proof != null) file["proof"] = proof
        if (known) file["known"] = true
        return file
    }
}

/** Why events were given up. */
internal enum class DropReason {
    AGE, SPACE, REFUSED, CONSENT;

    val wire: String get() = name.lowercase()
}

/**
 * The queue's state file.
 *
 * @property quarantined events that the server keeps apart, over all time
 * @property sources this start's, and those of which something waited at the start
 * @property pastAcknowledged events of sources that are forgotten
 * @property drops events that were given up over all time, by reason
 */
internal class QueueState(
    val quarantined: Long = 0,
    val sources: Map<String, Settled> = emptyMap(),
    private val pastAcknowledged: Long = 0,
    private val pastDropped: Long = 0,
    val drops: Map<String, Long> = emptyMap(),
    val age: QueueAge? = null,
) {
    val acknowledged: Long get() = pastAcknowledged + sources.values.sumOf { it.acknowledged.size }
    val dropped: Long get() = pastDropped + sources.values.sumOf { it.dropped.size }

    fun settled(key: String): Settled = sources[key] ?: Settled()

    private fun with(
        quarantined: Long = this.quarantined,
        sources: Map<String, Settled> = this.sources,
        drops: Map<String, Long> = this.drops,
        age: QueueAge? = this.age,
    ) = QueueState(quarantined, sources, pastAcknowledged, pastDropped, drops, age)

    fun acknowledge(key: String, sequences: SequenceSet, quarantined: Int): QueueState {
        val old = settled(key)
        val next = old.with(acknowledged = old.acknowledged + sequences)
        return with(this.quarantined + quarantined, sources + (key to next))
    }

    fun drop(key: String, sequences: SequenceSet, reason: DropReason): QueueState {
        val old = settled(key)
        val count = (drops[reason.wire] ?: 0) + sequences.size
        return with(
            sources = sources + (key to old.with(dropped = old.dropped + sequences)),
            drops = drops + (reason.wire to count),
        )
    }

    fun aged(age: QueueAge): QueueState = with(age = age)

    /** Whether the server took anything of an install. */
    fun isKnown(install: String): Boolean = sources.any { (key, settled) ->
        key.substringBefore('.') == install && (settled.known || settled.acknowledged.size > 0)
    }

    /** The state at a start: the sources of `keys` and no others, those of this start's install with its proof. */
    fun begin(keys: Set<String>, install: String, proof: String): QueueState {
        val kept = keys.associateWith { key ->
            val of = key.substringBefore('.')
            val old = settled(key)
            old.with(proof = if (of == install) proof else old.proof, known = isKnown(of))
        }
        val past = sources.filterKeys { it !in keys }.values
        return QueueState(
            quarantined,
            kept,
            pastAcknowledged + past.sumOf { it.acknowledged.size },
            pastDropped + past.sumOf { it.dropped.size },
            drops,
            age,
        )
    }

    fun toJson(): Map<String, Any?> {
        val file = linkedMapOf<String, Any?>(
            "format" to 1,
            "quarantined" to quarantined,
            "sources" to sources.mapValues { it.value.toJson() },
            "past" to mapOf("acknowledged" to pastAcknowledged, "dropped" to pastDropped),
            "drops" to drops,
        )
        if (age != null) file["age"] = mapOf("lived" to age.lived, "seen" to age.seen)
        return file
    }

    internal companion object {
        /** Name of the file. */
        const val FILE: String = "queue.json"

        private fun settledOf(file: JsonObject): Settled? {
            val acknowledged = SequenceSet.read(file.list("acknowledged")) ?: return null
            val dropped = SequenceSet.read(file.list("dropped")) ?: return null
            return Settled(acknowledged, dropped, file.members["proof"] as? String, file.members["known"] == true)
        }

        /** The state of a file; null where it is none, which means lost storage. */
        fun read(file: Map<String, Any?>): QueueState? = try {
            val state = JsonObject(file, FILE, ErrorCode.STORAGE_FAILED)
            val sources = state.named("sources").mapValues { settledOf(it.value) ?: return null }
            val past = if (state.has("past")) state.child("past") else null
            val drops = if (state.has("drops")) state.child("drops") else null
            val age = if (state.has("age")) state.child("age") else null
            QueueState(
                state.whole("quarantined"),
                sources,
                past?.whole("acknowledged") ?: 0,
                past?.whole("dropped") ?: 0,
                drops?.run { members.mapValues { whole(it.key) } }.orEmpty(),
                age?.run { QueueAge(number("lived").toLong(), number("seen").toLong()) },
            )
        } catch (_: TidelineException) {
            null
        }
    }
}
