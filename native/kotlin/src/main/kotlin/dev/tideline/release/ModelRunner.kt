package dev.tideline.release

import dev.tideline.CrashPoint
import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.TidelineException
import dev.tideline.fault

/**
 * What a model said, and by what it was run.
 *
 * @property runtime `tier/name`
 */
internal class ModelAnswer(val probabilities: FloatArray, val release: String, val runtime: String)

/** The model of a release, on whichever runtime of the phone runs it best. */
internal class ModelRunner(private val ports: Ports, private val store: ReleaseStore, private val artifacts: Artifacts) {
    /** A release with the runtimes that passed its self-test, in the order in which they are asked. */
    private class Running(val release: ReleaseMetadata, val order: ArrayDeque<Candidate>, var model: ActiveModel?) {
        /** What went wrong, by key, where one that passed was asked in vain. */
        val failed = HashMap<String, ErrorCode>()
    }

    @Volatile
    private var running: Running? = null

    /** The release that runs, or null. */
    val release: ReleaseMetadata? get() = running?.release

    /** `tier/name` of the runtime that is asked first, or null. */
    val runtime: String? get() = synchronized(this) { running?.order?.first()?.runtime?.label }

    /** Files that a release may need on this phone. */
    fun files(release: ReleaseMetadata): List<ArtifactReference> {
        val all = Candidate.of(release, ports.runtimes)
        // Of a runtime on which one works the others are not needed.
        val kept = all.filter { one -> isPassed(one) || all.none { works(it) && it.runtime === one.runtime } }
        return listOf(release.vectors) + kept.map { it.variant }
    }

    private fun isPassed(candidate: Candidate): Boolean = candidate.key in store.state.times

    private fun attemptsOf(candidate: Candidate): Int = store.state.attempts[candidate.key] ?: 0

    /** Whether a file passed, and has never taken the app down. */
    private fun works(candidate: Candidate): Boolean =
        isPassed(candidate) && store.state.run { candidate.key !in attempts && candidate.key !in skipped }

    private fun isTried(candidate: Candidate): Boolean =
        store.state.run { listOf(times, codes, attempts).any { candidate.key in it } || candidate.key in skipped }

    /** How often files of a release ended the app on a candidate's runtime; those that failed a self-test did not. */
    private fun crashesOn(all: List<Candidate>, candidate: Candidate): Int = all
        .filter { it.runtime === candidate.runtime && it.key !in store.state.codes }
        .sumOf { if (it.key in store.state.skipped) MOST_ATTEMPTS else attemptsOf(it) }

    /** What is left to try: what has never taken the app down stands first. */
    private fun usable(release: ReleaseMetadata): List<Candidate> {
        val all = Candidate.of(release, ports.runtimes)
        val who = "release ${release.version}"
        if (all.isEmpty()) {
            throw fault(
                ErrorCode.RUNTIME_UNSUPPORTED,
                who,
                expected = "a variant that this device's runtimes take: ${ports.runtimes.joinToString { it.name }}",
                received = release.variants.joinToString { "${it.format} ${it.level}" },
            )
        }
        val usable = all.filter { isUsable(all, it) }
        if (usable.isEmpty()) throw fault(ErrorCode.SELF_TEST_FAILED, who, received = "repeated failures")
        return usable.sortedBy(::attemptsOf)
    }

    private fun isUsable(all: List<Candidate>, candidate: Candidate): Boolean =
        candidate.key !in store.state.skipped && (isPassed(candidate) || crashesOn(all, candidate) < MOST_CRASHES)

    /** Loads under a marker that a crash leaves behind; the self-test runs before the marker is taken away. */
    private fun load(candidate: Candidate, release: ReleaseMetadata, vectors: ByteArray?): Pair<ActiveModel, Double> {
        val bytes = artifacts.stored(candidate.variant)
            ?: throw fault(ErrorCode.ARTIFACT_CORRUPT, "release ${release.version}", candidate.variant.sha256)
        store.save(store.state.beginAttempt(candidate.key))
        ports.crashPoint?.invoke(CrashPoint.LOAD_BEFORE)
        var loaded: ActiveModel? = null
        try {
            val model = ActiveModel.load(release, bytes, candidate.runtime).also { loaded = it }
            val ms = if (vectors == null) 0.0 else selfTest(model, candidate.variant, vectors, ports.clock)
            store.save(store.state.endAttempt(candidate.key))
            return model to ms
        } catch (error: TidelineException) {
            loaded?.dispose()
            // A failed self-test counts as a bad load; what the runtime refuses openly may pass (too little memory).
            val counts = error.code == ErrorCode.SELF_TEST_FAILED
            store.save((if (counts) store.state else store.state.endAttempt(candidate.key)).skipHopeless())
            throw error
        }
    }

    /** Loads a release that passed its self-test before, or that still may. Throws why none of its runtimes works. */
    fun open(release: ReleaseMetadata) {
        store.save(store.state.skipHopeless())
        val tested = usable(release).filter(::isPassed).sortedBy { store.state.times[it.key] }.sortedBy(::attemptsOf)
        if (tested.isEmpty()) return prepare(release, isOnline = false)()
        var failure: TidelineException? = null
        for ((index, candidate) in tested.withIndex()) {
            try {
                val (model) = load(candidate, release, null)
                return replace(Running(release, ArrayDeque(tested.drop(index)), model))
            } catch (error: TidelineException) {
                failure = error
            }
        }
        throw checkNotNull(failure)
    }

    /**
     * Tests a release on every runtime that takes it, each with its smallest file and, where that fails, with the next
     * larger one, and times them. Throws why none works. What it returns puts the fastest one into the place of the
     * model that runs.
     *
     * @param isOnline whether files that are not there may be fetched
     */
    fun prepare(release: ReleaseMetadata, isOnline: Boolean): () -> Unit {
        store.save(store.state.skipHopeless())
        val next = test(release, usable(release), isOnline)
        return { replace(next) }
    }

    /**
     * Tests the release that runs on what is left: where a file ended the app on a runtime, or failed there, a larger
     * one that was never tried. One that works may answer from then on.
     */
    fun complete() {
        val release = running?.release ?: return
        store.save(store.state.skipHopeless())
        val all = Candidate.of(release, ports.runtimes)
        val left = all.filter { one ->
            !isTried(one) && isUsable(all, one) && all.none { works(it) && it.runtime === one.runtime }
        }
        if (left.isEmpty()) return
        try {
            test(release, left, isOnline = true).model?.dispose()
        } catch (error: TidelineException) {
            if (error.code in AWAY) throw error
            // What runs stays.
            return
        }
        open(release)
    }

    /** Brings a file that was not asked for in vain. */
    private fun fetch(wanted: Variant, missing: MutableMap<String, TidelineException>) {
        missing[wanted.sha256]?.let { throw it }
        try {
            artifacts.fetch(wanted)
        } catch (error: TidelineException) {
            if (error.code == ErrorCode.ARTIFACT_CORRUPT) missing[wanted.sha256] = error
            throw error
        }
    }

    /** What passed of some candidates, the fastest one loaded. Throws why none did. */
    private fun test(release: ReleaseMetadata, candidates: List<Candidate>, isOnline: Boolean): Running {
        if (isOnline) artifacts.fetch(release.vectors)
        val vectors = artifacts.stored(release.vectors)
            ?: throw fault(ErrorCode.ARTIFACT_CORRUPT, "release ${release.version}", "vectors")
        val passed = ArrayList<Pair<Candidate, Double>>()
        val codes = HashMap<String, String>()
        /** Files that cannot be had, by digest: asked for once, however many runtimes take them. */
        val missing = HashMap<String, TidelineException>()
        var best: ActiveModel? = null
        var failure: TidelineException? = null
        /** Of a test that is not over only what failed is kept: where something passed, no other one would be tried. */
        fun keep(isWhole: Boolean) {
            // Those of what failed say that it was no crash.
            val isKept = { key: String ->
                key.startsWith("${running?.release?.version}/") || key in store.state.attempts || key in store.state.skipped
            }
            val found = if (isWhole) passed.associate { it.first.key to it.second } else emptyMap()
            val times = store.state.times.filterKeys(isKept) + found
            store.save(store.state.copy(times = times, codes = store.state.codes.filterKeys(isKept) - found.keys + codes))
        }
        for (candidate in candidates) {
            if (passed.any { it.first.runtime === candidate.runtime }) continue
            // What once took the app down is not tried again while something else works.
            if (best != null && candidate.key in store.state.attempts) continue
            try {
                if (isOnline) fetch(candidate.variant, missing)
                val (model, ms) = load(candidate, release, vectors)
                val isBest = passed.all { ms < it.second }
                passed.add(candidate to ms)
                (if (isBest) best else model)?.dispose()
                if (isBest) best = model
            } catch (error: TidelineException) {
                // What cannot be fetched now is waited for; what never can be leaves the other runtimes.
                if (error.code in AWAY) {
                    best?.dispose()
                    throw error
                }
                failure = error
                // What is not on the phone says nothing of the runtime.
                if (!isOnline && error.code == ErrorCode.ARTIFACT_CORRUPT) continue
                codes[candidate.key] = error.code.name
                // At once: should the next file end the app, this one is not blamed.
                keep(isWhole = false)
            }
        }
        keep(isWhole = true)
        val model = best ?: throw checkNotNull(failure)
        return Running(release, ArrayDeque(passed.sortedBy { it.second }.map { it.first }), model)
    }

    @Synchronized
    private fun replace(next: Running?) {
        val old = running
        running = next
        old?.model?.dispose()
    }

    /**
     * Asks the runtimes one after the other, the one that answered last first. Says of each that the platform prefers
     * to the one that answers why it did not: what went wrong when it was asked last, its self-test, a crash. One that
     * is only slower is not named. Null where none answers; then all are named.
     */
    @Synchronized
    fun run(window: FloatArray, report: (TidelineException) -> Unit, skip: (String, ErrorCode) -> Unit): ModelAnswer? {
        val now = running ?: return null
        repeat(now.order.size) {
            val candidate = now.order.first()
            try {
                val model = now.model ?: load(candidate, now.release, null).first.also { now.model = it }
                val answer = ModelAnswer(model.run(window), now.release.id, candidate.runtime.label)
                now.failed.remove(candidate.key)
                explain(now, candidate.key, skip)
                return answer
            } catch (error: TidelineException) {
                report(error)
                now.failed[candidate.key] = error.code
                now.model?.dispose()
                now.model = null
                now.order.addLast(now.order.removeFirst())
            }
        }
        explain(now, null, skip)
        return null
    }

    /** Says why what stands before the one that answered did not. */
    private fun explain(now: Running, answered: String?, skip: (String, ErrorCode) -> Unit) {
        val state = store.state
        for (candidate in Candidate.of(now.release, ports.runtimes)) {
            val key = candidate.key
            if (key == answered) return
            val crashed = ErrorCode.RUNTIME_CRASHED.takeIf { key in state.attempts || key in state.skipped }
            val code = now.failed[key] ?: ErrorCode.entries.find { it.name == state.codes[key] } ?: crashed
            // It works and is slower, or was not needed.
            val isLeft = isPassed(candidate) || (candidate.rank > 0 && !isTried(candidate))
            if (code == null && isLeft) continue
            skip(candidate.runtime.label, code ?: ErrorCode.RUNTIME_UNSUPPORTED)
        }
    }

    /** Frees the model. */
    fun dispose(): Unit = replace(null)

    private companion object {
        /** Why a file cannot be had now, which says nothing of a runtime. */
        val AWAY = setOf(ErrorCode.UNAVAILABLE, ErrorCode.BUDGET_SPENT)
    }
}
