package dev.tideline.subject

/**
 * What a person asked the server for.
 *
 * @property install the install whose data it is about
 * @property request the server's name of the request; null before the server knows of it
 */
public class SubjectRequest internal constructor(
    public val kind: Kind,
    public val install: String,
    public val request: String?,
    public val state: State,
) {
    /** What is asked. */
    public enum class Kind {
        /** Everything that the server holds. */
        EXPORT,

        /** That the server holds nothing any more. */
        ERASE,
    }

    /** How far a request is. */
    public enum class State {
        /** The server could not be told yet, and will be. */
        PENDING,

        /** The server has it. */
        ACCEPTED,

        /** The server works on it. */
        RUNNING,

        /** It is done. */
        DONE,

        /** The server cannot do it; the last error says why. */
        FAILED,
    }

    internal val isFinished: Boolean get() = state == State.DONE || state == State.FAILED
}

/**
 * What became of a call of `exportMe`.
 *
 * @property content UTF-8 lines of JSON; null before the request is done
 */
public class ExportOutcome(public val request: SubjectRequest, public val content: ByteArray?)

/**
 * What became of a call of `eraseMe`.
 *
 * @property receipt the proof, as JSON of an envelope whose signature was checked; null before the request is done
 */
public class EraseOutcome(public val request: SubjectRequest, public val receipt: String?)
