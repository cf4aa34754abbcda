package dev.tideline

/**
 * What became of a call of `update`.
 *
 * @property version version of the release in use, 0 for none
 * @property code null where nothing is wrong; `ACTIVATED` with `RELEASE_HELD_BACK`: the release before the newest one
 */
public class UpdateOutcome(public val result: Result, public val version: Long, public val code: ErrorCode?) {
    /** What happened. */
    public enum class Result {
        /** A new model runs. */
        ACTIVATED,

        /** Nothing newer. */
        CURRENT,

        /** The model is switched off. */
        KILLED,

        /** What was offered could not be taken, the code says why; the last good model stays. */
        KEPT,

        /** A newer one is not for this phone yet; what runs stays. */
        HELD_BACK,

        /** Nobody answered, or the phone's budget has no room for it now. */
        OFFLINE,
    }
}

/**
 * The state of a model's releases, for [Diagnostics].
 *
 * @property version of the model that runs; 0 for none
 * @property id of the model that runs; `none` for none
 * @property runtime `tier/name` of the runtime that is asked first; null for none
 * @property accepted highest version that was ever accepted
 * @property times milliseconds for a window of the self-test, by `version/tier/name/library version/file`, the file by
 * the beginning of its digest
 * @property skipped what crashed or failed its self-test twice and is not tried again, likewise
 */
public class ReleaseStatus(
    public val version: Long,
    public val id: String,
    public val runtime: String?,
    public val accepted: Long,
    public val killed: Boolean,
    public val times: Map<String, Double>,
    public val skipped: List<String>,
    public val lastCode: ErrorCode?,
)
