package dev.tideline.queue

import dev.tideline.ClientLimits
import dev.tideline.CrashPoint
import dev.tideline.ErrorCode
import dev.tideline.FlushOutcome
import dev.tideline.LogEntry
import dev.tideline.Ports
import dev.tideline.Tally
import dev.tideline.TidelineException
import dev.tideline.fault
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * Single events in a row that a server may refuse as malformed before the client stops: then not the events are at
 * fault but the server, and giving up more of them would lose them all.
 */
private const val REFUSED_IN_A_ROW = 3

/** The sending side of the queue. */
internal class Upload(
    private val ports: Ports,
    private val limits: ClientLimits,
    private val queue: Queue,
    private val tally: Tally,
    private val target: BatchTarget,
) {
    private val lock = ReentrantLock()

    /** Whether the server refused the write key or the address. */
    @Volatile
    var stopped: Boolean = false
        private set

    /** Sends what waits, with pauses and new attempts; blocks for that long. One thread at a time; an interrupt ends it. */
    fun flush(): FlushOutcome = lock.withLock {
        stopped = false
        val run = Run()
        val code = try {
            run.sendAll()
        } catch (failure: TidelineException) {
            // The phone's own storage failed: what waits is still there.
            tally.report("upload", failure, LogEntry.Level.ERROR)
        }
        FlushOutcome(run.acknowledged, queue.counts().pending, code)
    }

    /** One call of `flush`. */
    private inner class Run {
        var acknowledged = 0
        private var failures = 0
        private var refused = 0
        private var maxEvents = limits.batchEvents

        /** Sends until nothing waits (null) or something stops it (why). */
        fun sendAll(): ErrorCode? {
            while (true) {
                val load = queue.next(maxEvents, limits.batchBytes) ?: return null
                ports.crashPoint?.invoke(CrashPoint.SEND_BEFORE)
                val outcome = sendLoad(load, ports, target, limits.timeoutMs)
                ports.crashPoint?.invoke(CrashPoint.SEND_AFTER)
                if (outcome !== SendOutcome.Withdrawn) tally.add("batches")
                val end = when (outcome) {
                    is SendOutcome.Accepted -> accepted(load, outcome)
                    SendOutcome.Withdrawn -> null
                    is SendOutcome.TooLarge -> shrink(load, outcome.error)
                    is SendOutcome.Refused -> refused(load, outcome.error)
                    is SendOutcome.Stop -> stop(outcome.error)
                    is SendOutcome.Held -> tally.report("upload", outcome.error)
                    is SendOutcome.Retry -> retry(outcome.error, outcome.afterMs)
                }
                if (end != null) return end
            }
        }

        private fun accepted(load: Load, outcome: SendOutcome.Accepted): ErrorCode? {
            val answer = outcome.answer
            val settled = queue.acknowledge(load, answer.acknowledged, answer.quarantined)
            acknowledged += settled
            tally.add("duplicates", answer.duplicates)
            refused = 0
            if (settled > 0) failures = 0
            // What was withdrawn meanwhile is no failure of the server.
            if (settled > 0 || !load.isCurrent()) return null
            val error = fault(
                ErrorCode.UNAVAILABLE,
                "upload",
                expected = "an acknowledgement of some of ${load.records.size} events",
                received = "one of none",
            )
            return retry(error, null)
        }

        /** Counts a failure and pauses; the code when it was one too many. */
        private fun retry(error: TidelineException, afterMs: Long?): ErrorCode? {
            tally.report("upload", error)
            if (failures == 0) tally.add("outages")
            failures++
            if (failures >= limits.attempts) return error.code
            tally.add("retries")
            ports.clock.pause(afterMs ?: backoff(failures, limits, ports.random))
            return if (Thread.currentThread().isInterrupted) error.code else null
        }

        /** Makes the next batch smaller, or gives a single event up. */
        private fun shrink(load: Load, error: TidelineException): ErrorCode? {
            tally.report("upload", error)
            if (load.records.size > 1) maxEvents = (load.records.size + 1) / 2 else queue.drop(load)
            return null
        }

        private fun refused(load: Load, error: TidelineException): ErrorCode? {
            if (load.records.size == 1) {
                refused++
                maxEvents = limits.batchEvents
            }
            return if (refused == REFUSED_IN_A_ROW) stop(error) else shrink(load, error)
        }

        private fun stop(error: TidelineException): ErrorCode {
            stopped = true
            return tally.report("upload", error, LogEntry.Level.ERROR)
        }
    }
}
