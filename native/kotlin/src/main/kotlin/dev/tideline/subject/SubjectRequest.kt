package dev.tideline.subject

/**
 * A request of the person to the server.
 *
 * @property id of the request
 * @property receipt signed envelope that says what was done, as JSON; null before it is done
 */
public class SubjectRequest(public val id: String, public val state: State, public val receipt: String?) {
    /** How far a request is. */
    public enum class State {
        /** Kept on this device, because nobody answered; sent with a later `flush`. */
        WAITING,

        /** The server has it. */
        ACCEPTED,

        /** The server works on it. */
        RUNNING,

        /** It is done. */
        DONE,

        /** It failed, and must be asked again. */
        FAILED,
    }
}
