package dev.tideline

/** Places where tests end the process: each stands between two steps that must survive being torn apart. */
public enum class CrashPoint(
    /** The name that all clients share. */
    public val point: String,
) {
    /** Events are framed, nothing is written. */
    APPEND_BEFORE("journal.append.before"),

    /** Events are durable, `track` has not returned. */
    APPEND_AFTER("journal.append.after"),

    /** A batch is made, nothing was sent. */
    SEND_BEFORE("upload.send.before"),

    /** The server has answered, nothing was noted. */
    SEND_AFTER("upload.send.after"),

    /** The acknowledgement is durable, journal files still hold what it covers. */
    ACKNOWLEDGE_AFTER("queue.acknowledge.after"),

    /** The new consent is durable, events of withdrawn purposes are still queued. */
    PURGE_BEFORE("consent.purge.before"),

    /** Withdrawn events are marked, the journal still holds them. */
    PURGE_AFTER("consent.purge.after"),

    /** A manifest is verified, its version is not noted. */
    ACCEPT_BEFORE("update.accept.before"),

    /** The version is noted, artifacts are not there yet. */
    ACCEPT_AFTER("update.accept.after"),

    /** The load marker is durable, the runtime has not seen the model. */
    LOAD_BEFORE("update.load.before"),

    /** The model passed its self-test, the old one is still the active one. */
    ACTIVATE_BEFORE("update.activate.before"),

    /** The new model is active, files of older ones are still there. */
    ACTIVATE_AFTER("update.activate.after"),

    /** An erasure is noted, nothing is wiped. */
    ERASE_BEFORE("subject.erase.before"),

    /** The files are wiped and the new install is there, the server was not told. */
    ERASE_AFTER("subject.erase.after"),
}
