package dev.tideline

import dev.tideline.json.JsonObject

/** A day's budget: what goes through its network is counted and bounded. Any thread may use it. */
internal class Budget(
    private val limits: BudgetLimits,
    private val storage: Storage,
    private val clock: Clock,
    private val conditions: (() -> Conditions)?,
    private val network: Network,
) : Network {
    private var day = 0L
    private var spent = HashMap<String, Long>()
    private var held = HashMap<String, Long>()
    private var lastRequest: Long? = null

    init {
        storage.readState(FILE)?.let { file ->
            val known = JsonObject(file, FILE, ErrorCode.STORAGE_FAILED)
            fun counts(key: String) = HashMap(known.child(key).run { members.mapValues { number(it.key).toLong() } })
            day = known.number("day").toLong()
            spent = counts("spent")
            held = counts("held")
        }
        roll()
    }

    /** Begins a new day where there is one; a clock that was set back by no more than a day goes on with the old. */
    private fun roll() {
        val today = Math.floorDiv(clock.now(), DAY)
        if (today in day - 1..day) return
        day = today
        spent = HashMap()
        held = HashMap()
    }

    private fun save() {
        // The file has every member that clients know, also of what this one does not bound.
        val all = NOTHING + spent
        storage.writeState(FILE, mapOf("format" to 1, "day" to day, "spent" to all, "held" to held.toMap()))
    }

    private fun spentOf(what: String): Long = spent[what] ?: 0

    private fun spend(what: String, amount: Long) {
        spent[what] = spentOf(what) + amount
    }

    private fun hold(what: String) {
        held[what] = (held[what] ?: 0) + 1
    }

    private fun refuse(code: ErrorCode, what: String): Nothing {
        hold(what)
        throw fault(code, "budget", what, "to wait", "more than is left")
    }

    /** Whether the radio sleeps and would have to be woken up in the background. */
    private fun wakesRadio(): Boolean =
        conditions?.invoke()?.foreground == false && lastRequest.let { it == null || clock.now() - it !in 0..RADIO_MS }

    /** Why a rule or the number of wake-ups does not allow a request now, or null. */
    private fun holdOf(rule: NetworkRule): String? {
        val now = conditions?.invoke()
        return when {
            rule.unmetered && now?.metered == true -> "network"
            rule.charging && now?.charging == false -> "charging"
            wakesRadio() && spentOf(WAKE_UPS) >= limits.wakeUps -> WAKE_UPS
            else -> null
        }
    }

    /** Whether events must wait whatever their size, so that no batch need be made; counted as held back. */
    @Synchronized
    fun holdsEvents(): Boolean {
        roll()
        val reason = holdOf(limits.events) ?: UPLOAD.takeIf { spentOf(UPLOAD) >= limits.uploadBytes }
        reason?.let { hold(it) }
        return reason != null
    }

    /** Which rule a request is under; a person's own requests are under none. */
    private fun ruleOf(url: String): NetworkRule? = when {
        "/v1/subject/" in url -> null
        url.endsWith("/v1/batch") || url.endsWith("/infer") -> limits.events
        else -> limits.models
    }

    @Synchronized
    private fun begin(request: NetworkRequest) {
        roll()
        val rule = ruleOf(request.url)
        val up = (request.body?.size ?: 0).toLong()
        // A file's size is known before it is asked for; of other answers the bound is far above what comes.
        val down = if ("/v1/artifacts/" in request.url) request.maxBytes.toLong() else 0L
        if (rule != null) {
            holdOf(rule)?.let { refuse(ErrorCode.BUDGET_SPENT, it) }
            // What no day has room for is made smaller; it would wait for ever.
            if (up > limits.uploadBytes) refuse(ErrorCode.BATCH_TOO_LARGE, UPLOAD)
            if (spentOf(UPLOAD) + up > limits.uploadBytes) refuse(ErrorCode.BUDGET_SPENT, UPLOAD)
            if (spentOf(DOWNLOAD) + down > limits.downloadBytes) refuse(ErrorCode.BUDGET_SPENT, DOWNLOAD)
        }
        spend(UPLOAD, up)
        if (wakesRadio()) spend(WAKE_UPS, 1)
        // Before anything goes out, so that no crash makes it uncounted.
        save()
        lastRequest = clock.now()
    }

    override fun request(request: NetworkRequest): NetworkResponse {
        begin(request)
        if (!request.isWanted()) {
            synchronized(this) { spend(UPLOAD, -(request.body?.size ?: 0).toLong()) }
            throw fault(ErrorCode.CONSENT_MISSING, "budget", received = "a request that is wanted no more")
        }
        try {
            return network.request(request).also { synchronized(this) { spend(DOWNLOAD, it.body.size.toLong()) } }
        } finally {
            synchronized(this) { lastRequest = clock.now() }
        }
    }

    @Synchronized
    fun status(): BudgetStatus {
        roll()
        return BudgetStatus(day, spent.toMap(), held.toMap(), limits)
    }

    private companion object {
        const val FILE = "budget.json"
        const val DAY = 86_400_000L

        /** A radio goes to sleep about this long after its last byte; the next one wakes it up again. */
        const val RADIO_MS = 10_000L

        const val UPLOAD = "uploadBytes"
        const val DOWNLOAD = "downloadBytes"
        const val WAKE_UPS = "wakeUps"

        val NOTHING = listOf(UPLOAD, DOWNLOAD, "recordBytes", "cpuMs", WAKE_UPS).associateWith { 0L }
    }
}
