package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.Storage
import dev.tideline.TidelineException
import dev.tideline.json.JsonObject
import dev.tideline.readState
import dev.tideline.writeState

/** Loads of a version that may end badly before it is skipped. */
private const val MOST_ATTEMPTS = 2

/**
 * What a phone remembers of the releases of one model and channel.
 *
 * @property accepted highest version that was ever accepted: nothing older is taken again
 * @property killed the accepted version switches the model off
 * @property previous the release before the active one, should that stop loading
 * @property attempts begun loads that did not end well, by version: what is left here after a start crashed the app
 * @property skipped versions that are not tried again
 */
internal data class ReleaseState(
    val accepted: Long = 0,
    val killed: Boolean = false,
    val active: Envelope? = null,
    val previous: Envelope? = null,
    val attempts: Map<String, Int> = emptyMap(),
    val skipped: List<Long> = emptyList(),
) {
    /** With a begun load more. */
    fun beginAttempt(version: Long): ReleaseState {
        val key = version.toString()
        return copy(attempts = attempts + (key to (attempts[key] ?: 0) + 1))
    }

    /** After a load that ended well, or badly in a way that may pass. */
    fun endAttempt(version: Long): ReleaseState = copy(attempts = attempts - version.toString())

    /** Versions with too many bad loads are skipped. */
    fun skipHopeless(): ReleaseState {
        val hopeless = attempts.filterValues { it >= MOST_ATTEMPTS }.keys
        return copy(attempts = attempts - hopeless, skipped = skipped + hopeless.map { it.toLong() })
    }

    fun toJson(): Map<String, Any?> = mapOf(
        "format" to 1,
        "accepted" to accepted,
        "killed" to killed,
        "active" to active?.plain,
        "previous" to previous?.plain,
        "attempts" to attempts,
        "skipped" to skipped,
    )

    internal companion object {
        private fun read(file: JsonObject): ReleaseState {
            val attempts = file.child("attempts")
            return ReleaseState(
                file.whole("accepted"),
                file.flag("killed"),
                if (file.has("active")) Envelope.read(file.members["active"]) else null,
                if (file.has("previous")) Envelope.read(file.members["previous"]) else null,
                attempts.members.mapValues { attempts.count(it.key) }.filterKeys { it.toLongOrNull() != null },
                file.numbers("skipped").map { it.toLong() },
            )
        }

        /** The state of a file; the first one where there is none or it is damaged. */
        fun open(storage: Storage, file: String): ReleaseState = try {
            storage.readState(file)?.let { read(JsonObject(it, file, ErrorCode.RELEASE_MALFORMED)) } ?: ReleaseState()
        } catch (error: TidelineException) {
            if (error.code == ErrorCode.STORAGE_FAILED) throw error
            ReleaseState()
        }
    }
}

/** A release state on storage. */
internal class ReleaseStore(private val storage: Storage, model: String, channel: String) {
    private val file = "release-$model-$channel.json"

    var state: ReleaseState = ReleaseState.open(storage, file)
        private set

    /** Replaces the state; durable when it returns. */
    fun save(next: ReleaseState) {
        if (next == state) return
        storage.writeState(file, next.toJson())
        state = next
    }
}
