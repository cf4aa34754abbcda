package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.Storage
import dev.tideline.TidelineException
import dev.tideline.json.JsonObject
import dev.tideline.readState
import dev.tideline.writeState

/** Loads of one file by one runtime that may end badly before both are never brought together again. */
internal const val MOST_ATTEMPTS = 2

/**
 * Times that files of one release may end the app on one runtime before no other file of it is tried there: one file may
 * twice, and another must have its turn, but a release of ten must not end it twenty times.
 */
internal const val MOST_CRASHES = 3

/**
 * What a phone remembers of the releases of one model and channel.
 *
 * @property accepted highest version that was ever accepted: nothing older is taken again
 * @property keys of the role that signed it; null where that was not noted
 * @property killed the accepted version switches the model off
 * @property previous the release before the active one, should that stop loading
 * @property attempts begun loads that did not end well, by key of a candidate: what is left here crashed the app
 * @property skipped keys of what is not tried again
 * @property codes why a candidate did not pass its self-test, by key
 * @property times milliseconds for a window of the self-test, by key; only what passed it stands here
 * @property draw unpredictable digits that pick this phone for a share of a roll-out, or not; drawn at the first one.
 * Never sent, and not the install's: a child's install is another at each start, and would be within some time
 */
internal data class ReleaseState(
    val accepted: Long = 0,
    val keys: List<String>? = null,
    val killed: Boolean = false,
    val active: Envelope? = null,
    val previous: Envelope? = null,
    val attempts: Map<String, Int> = emptyMap(),
    val skipped: List<String> = emptyList(),
    val times: Map<String, Double> = emptyMap(),
    val codes: Map<String, String> = emptyMap(),
    val draw: String? = null,
) {
    /** With a begun load more. */
    fun beginAttempt(key: String): ReleaseState = copy(attempts = attempts + (key to (attempts[key] ?: 0) + 1))

    /** After a load that ended well, or badly in a way that may pass. */
    fun endAttempt(key: String): ReleaseState = copy(attempts = attempts - key)

    /** What had too many bad loads is skipped. */
    fun skipHopeless(): ReleaseState {
        val hopeless = attempts.filterValues { it >= MOST_ATTEMPTS }.keys
        return copy(attempts = attempts - hopeless, skipped = skipped + hopeless)
    }

    fun toJson(): Map<String, Any?> = mapOf(
        "format" to 1,
        "accepted" to accepted,
        "killed" to killed,
        "times" to times,
        "codes" to codes,
        "active" to active?.plain,
        "previous" to previous?.plain,
        "attempts" to attempts,
        "skipped" to skipped,
    ) + mapOf("keys" to keys, "draw" to draw).filterValues { it != null }

    internal companion object {
        private fun read(file: JsonObject): ReleaseState {
            val attempts = file.child("attempts")
            val times = if (file.has("times")) file.child("times") else null
            val codes = if (file.has("codes")) file.child("codes") else null
            return ReleaseState(
                file.whole("accepted"),
                if (file.has("keys")) file.texts("keys") else null,
                file.flag("killed"),
                if (file.has("active")) Envelope.read(file.members["active"]) else null,
                if (file.has("previous")) Envelope.read(file.members["previous"]) else null,
                attempts.members.mapValues { attempts.count(it.key) },
                file.list("skipped").map { it.toString() },
                times?.members?.mapValues { times.number(it.key) } ?: emptyMap(),
                codes?.members?.mapValues { codes.text(it.key) } ?: emptyMap(),
                if (file.has("draw")) file.text("draw") else null,
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
