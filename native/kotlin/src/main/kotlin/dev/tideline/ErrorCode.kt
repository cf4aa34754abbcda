package dev.tideline

/** The stable codes of [TidelineException]; names are those of the server's table, and are never reused. */
public enum class ErrorCode {
    /** The app's definition contradicts itself or is no definition. */
    DEFINITION_ILLEGAL,

    /** A call with an argument that makes no sense. */
    ARGUMENT_INVALID,

    /** The server has nothing under that name. */
    NOT_FOUND,

    /** The server does not know the write key. */
    UNAUTHORISED,

    /** The server knows the write key and refuses it this. */
    FORBIDDEN,

    /** Bytes that are no batch, or that the server did not take for one. */
    BATCH_MALFORMED,

    /** A batch beyond the server's bound. */
    BATCH_TOO_LARGE,

    /** The server asks for a pause. */
    OVERLOADED,

    /** No connection, no answer in time, or an answer that makes no sense. */
    UNAVAILABLE,

    /** The server is not of the region that the app named. */
    RESIDENCY_MISMATCH,

    /** The day's budget is spent, or the network is not of the kind that its rules ask for. */
    BUDGET_SPENT,

    /** No such event is declared. */
    EVENT_UNKNOWN,

    /** No such version of the event was published. */
    EVENT_VERSION_UNKNOWN,

    /** More samples than a batch may hold. */
    EVENT_TOO_LARGE,

    /** A required field was not given. */
    FIELD_MISSING,

    /** A value that does not fit its field's type. */
    FIELD_INVALID,

    /** A field that is not declared. */
    FIELD_UNKNOWN,

    /** The person has not consented to the purpose. */
    CONSENT_MISSING,

    /** No time of the years after 1970. */
    TIME_INVALID,

    /** Bytes that are no model table, or one beyond the bounds. */
    MODEL_MALFORMED,

    /** A manifest that is no manifest, or one of another app or channel. */
    RELEASE_MALFORMED,

    /** Too few valid signatures of the role. */
    RELEASE_SIGNATURE_INVALID,

    /** The manifest or the root is past its time: nothing new is taken. */
    RELEASE_EXPIRED,

    /** An older version than was accepted before. */
    RELEASE_ROLLBACK,

    /** The phone lacks what the release asks for. */
    RELEASE_REQUIRES,

    /** A development key on a production phone. */
    RELEASE_DEVELOPMENT_KEY,

    /** The model is switched off by its owner. */
    RELEASE_KILLED,

    /** Other bytes than the manifest names. */
    ARTIFACT_CORRUPT,

    /** The model does not give the manifest's numbers on this device. */
    SELF_TEST_FAILED,

    /** No runtime of this device takes the model. */
    RUNTIME_UNSUPPORTED,

    /** It ended the app when it was loaded last. */
    RUNTIME_CRASHED,

    /** The release is rolled out in stages, and not for this phone yet. */
    RELEASE_HELD_BACK,

    /** The device's storage failed. */
    STORAGE_FAILED,
}
