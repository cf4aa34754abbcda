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
    fun files(release: ReleaseMetadata): List<ArtifactReference> =
        listOf(release.vectors) + Candidate.of(release, ports.runtimes).map { it.variant }

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
        val usable = all.filter { it.key !in store.state.skipped }
        if (usable.isEmpty()) throw fault(ErrorCode.SELF_TEST_FAILED, who, received = "repeated failures")
        return usable
    }

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
        val tested = usable(release).filter { it.key in store.state.times }.sortedBy { store.state.times[it.key] }
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
     * Tests a release on every runtime that takes it and times each. Throws why none works. What it returns puts the
     * fastest one into the place of the model that runs.
     *
     * @param isOnline whether files that are not there may be fetched
     */
    fun prepare(release: ReleaseMetadata, isOnline: Boolean): () -> Unit {
        store.save(store.state.skipHopeless())
        val candidates = usable(release)
        if (isOnline) artifacts.fetch(release.vectors)
        val vectors = artifacts.stored(release.vectors)
            ?: throw fault(ErrorCode.ARTIFACT_CORRUPT, "release ${release.version}", "vectors")
        val passed = ArrayList<Pair<Candidate, Double>>()
        val codes = HashMap<String, String>()
        var best: ActiveModel? = null
        var failure: TidelineException? = null
        for (candidate in candidates) {
            // What once took the app down is not tried again while something else works.
            if (best != null && candidate.key in store.state.attempts) continue
            try {
                if (isOnline) artifacts.fetch(candidate.variant)
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
                codes[candidate.key] = error.code.name
            }
        }
        val isKept = { key: String -> key.startsWith("${running?.release?.version}/") }
        val times = store.state.times.filterKeys(isKept) + passed.associate { it.first.key to it.second }
        store.save(store.state.copy(times = times, codes = store.state.codes.filterKeys(isKept) + codes))
        val model = best ?: throw checkNotNull(failure)
        val order = ArrayDeque(passed.sortedBy { it.second }.map { it.first })
        return { replace(Running(release, order, model)) }
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
            // It works and is slower.
            if (code == null && key in state.times) continue
            skip(candidate.runtime.label, code ?: ErrorCode.RUNTIME_UNSUPPORTED)
        }
    }

    /** Frees the model. */
    fun dispose(): Unit = replace(null)

    private companion object {
        /** Why a file cannot be had now, which says nothing of a runtime. */
        val AWAY = setOf(ErrorCode.UNAVAILABLE, ErrorCode.NOT_FOUND, ErrorCode.BUDGET_SPENT)
    }
}
