package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.LoadedModel
import dev.tideline.ModelRuntime
import dev.tideline.TidelineException
import dev.tideline.fault

/** A model in memory with the release that it came from. Runs come one after the other. */
internal class ActiveModel private constructor(
    val release: ReleaseMetadata,
    private val loaded: LoadedModel,
) {
    private val dims = intArrayOf(1, release.size, release.channels)
    private var isReleased = false

    /** Probabilities of a window `[size, channels]`, in the order of the release's labels. */
    @Synchronized
    fun run(window: FloatArray): FloatArray {
        val who = "release ${release.version}"
        if (isReleased) throw fault(ErrorCode.RUNTIME_UNSUPPORTED, who, received = "a model that was replaced")
        val answer = attempt(who) { loaded.run(window, dims) }
        val wanted = release.labels.size
        if (answer.size == wanted && answer.none { it.isNaN() || it.isInfinite() }) return answer
        throw fault(
            ErrorCode.RUNTIME_UNSUPPORTED,
            who,
            release.output,
            "$wanted finite probabilities",
            "${answer.size} numbers",
        )
    }

    /** Frees the model after the run that is under way. */
    @Synchronized
    fun dispose() {
        if (!isReleased) attempt("release ${release.version}") { loaded.release() }
        isReleased = true
    }

    internal companion object {
        /** Whatever the runtime's own error was, as one of ours. */
        private inline fun <T> attempt(who: String, work: () -> T): T = try {
            work()
        } catch (known: TidelineException) {
            throw known
        } catch (cause: Exception) {
            throw fault(ErrorCode.RUNTIME_UNSUPPORTED, who, received = cause.toString(), cause = cause)
        } catch (cause: LinkageError) {
            throw fault(ErrorCode.RUNTIME_UNSUPPORTED, who, received = cause.toString(), cause = cause)
        }

        /** Loads a model. Throws `RUNTIME_UNSUPPORTED`, whatever the runtime's own error was. */
        fun load(release: ReleaseMetadata, bytes: ByteArray, runtime: ModelRuntime): ActiveModel {
            val loaded = attempt("release ${release.version}") { runtime.load(bytes, release.input, release.output) }
            return ActiveModel(release, loaded)
        }
    }
}
