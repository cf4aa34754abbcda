package dev.tideline

/** What a client counts since its start; any thread may count. */
internal class Tally(private val ports: Ports) {
    private val counts = HashMap<String, Long>()
    private var last: LastError? = null

    @Synchronized
    fun add(what: String, by: Long = 1) {
        counts[what] = get(what) + by
    }

    @Synchronized
    fun get(what: String): Long = counts[what] ?: 0

    @Synchronized
    fun lastError(): LastError? = last

    /** Keeps an error for diagnostics and hands it to the log. Returns its code. */
    fun report(
        part: String,
        error: TidelineException,
        level: LogEntry.Level = LogEntry.Level.WARNING,
    ): ErrorCode {
        val message = error.message.orEmpty()
        synchronized(this) { last = LastError(error.code, message, ports.clock.now()) }
        ports.log?.invoke(LogEntry(level, part, error.code, message))
        return error.code
    }
}
