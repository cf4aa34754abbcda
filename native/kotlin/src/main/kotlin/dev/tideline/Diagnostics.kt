package dev.tideline

import dev.tideline.subject.SubjectRequest

/**
 * What a support person reads; holds no content of events.
 *
 * @property consent purposes that the person consented to
 * @property releases by model
 * @property runtimes `tier/name version` of each runtime of the platform
 * @property predictions how many answers came from where, by `device`, `endpoint`, `last`, `rule`; since the start
 * @property budget null without one
 * @property requests what the person asked the server for: those that are not done yet, and the last ones that are
 */
public class Diagnostics(
    public val sdk: String,
    public val install: String,
    public val epoch: Long,
    public val consent: List<String>,
    public val events: Events,
    public val uploads: Uploads,
    public val releases: Map<String, ReleaseStatus>,
    public val runtimes: List<String>,
    public val predictions: Map<String, Long>,
    public val requests: List<SubjectRequest>,
    public val lastError: LastError?,
    public val budget: BudgetStatus?,
) {
    /**
     * Events over all time: `recorded = acknowledged + pending + dropped`; quarantined ones are among the acknowledged.
     *
     * @property drops why events were dropped: `age`, `space`, `refused`, `consent`; older ones are not told apart
     * @property withheld not recorded, because the person had not consented; since the start
     * @property withheldFields left out of recorded events for the same reason; since the start
     * @property tornBytes bytes of torn writes that were cut off at the start
     */
    public class Events(
        public val recorded: Long,
        public val acknowledged: Long,
        public val pending: Int,
        public val dropped: Long,
        public val quarantined: Long,
        public val withheld: Long,
        public val withheldFields: Long,
        public val tornBytes: Long,
        public val drops: Map<String, Long>,
    )

    /**
     * Uploads since the start.
     *
     * @property outages runs of failed requests
     * @property duplicates that the server reported
     * @property stopped whether the server refused the write key or the address: nothing more is sent until `flush`
     */
    public class Uploads(
        public val batches: Long,
        public val retries: Long,
        public val outages: Long,
        public val duplicates: Long,
        public val stopped: Boolean,
    )
}

/**
 * The last failure that was reported.
 *
 * @property time milliseconds of the device's clock
 */
public class LastError(public val code: ErrorCode, public val message: String, public val time: Long)
