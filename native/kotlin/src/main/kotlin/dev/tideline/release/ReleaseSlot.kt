package dev.tideline.release

import dev.tideline.BundledRelease
import dev.tideline.ClientOptions
import dev.tideline.CrashPoint
import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.ReleaseStatus
import dev.tideline.SDK_VERSION
import dev.tideline.Tally
import dev.tideline.TidelineException
import dev.tideline.UpdateOutcome
import dev.tideline.definition.ModelDefinition
import dev.tideline.fault
import dev.tideline.fetchJson
import dev.tideline.hex
import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException
import dev.tideline.json.canonicalJson

/** Bytes of a manifest; the window and the requirements take 3 kB. */
private const val MANIFEST_BYTES = 1 shl 20

/** Bytes that a phone draws for roll-outs: no two phones need differ, none may be guessed. */
private const val DRAW_BYTES = 8

/**
 * The place of one model on the phone: what runs, and how it is replaced. Opens with the model of the last time, or a
 * newer one of the app's package; needs no network.
 */
internal class ReleaseSlot(
    private val options: ClientOptions,
    private val ports: Ports,
    private val tally: Tally,
    private val trust: Trust,
    private val model: ModelDefinition,
) {
    private val app = options.app
    private val limits = options.limits
    private val store = ReleaseStore(ports.storage, model.name, options.channel)
    private val bundled = options.bundled.mapNotNull(::ownBundle)
    private val artifacts = Artifacts(
        ports, model.name, options.console, limits.timeoutMs, limits.artifactBytes, bundled.map { it.second.artifacts },
    )
    private val runner = ModelRunner(ports, store, artifacts)

    /** Canonical JSON of what a release's model must agree with. */
    private val shape = canonicalJson(listOf(model.name, model.labels, model.window.plain))

    @Volatile
    private var lastCode: ErrorCode? = null

    /** Envelope of the model that runs. */
    private var running: Envelope? = null

    init {
        for ((envelope) in bundled) attempt { takeBundled(envelope) }
        if (!store.state.killed) {
            for (envelope in listOfNotNull(store.state.active, store.state.previous)) {
                if (running == null) attempt { reopen(envelope) }
            }
        }
    }

    /** The bundled release and its envelope, if it is of this model. */
    private fun ownBundle(release: BundledRelease): Pair<Envelope, BundledRelease>? = attempt {
        val value = try {
            JsonReader.read(release.envelope)
        } catch (cause: JsonSyntaxException) {
            throw fault(ErrorCode.RELEASE_MALFORMED, "bundled release", expected = "JSON", cause = cause)
        }
        val envelope = Envelope.read(value)
        if ((envelope.unverified()?.get("model") as? Map<*, *>)?.get("name") == model.name) envelope to release else null
    }

    /** The value of some work, or null, its error noted, where it failed. */
    private inline fun <T> attempt(work: () -> T): T? = try {
        work()
    } catch (error: TidelineException) {
        lastCode = tally.report("update", error)
        null
    }

    /**
     * Nothing older is taken. A version that the newest root's keys cannot have signed binds nobody: whoever stole the
     * old ones may have announced a huge one.
     */
    private fun acceptedVersion(): Long {
        val role = trust.root.release
        val keys = store.state.keys ?: return store.state.accepted
        return if (role.keys.count { it in keys } >= role.threshold) store.state.accepted else 0
    }

    /** The release of an envelope, held against what this phone knows. */
    private fun verify(envelope: Envelope, now: Long, atLeast: Long, root: RootMetadata = trust.root): ReleaseMetadata {
        val capabilities = Capabilities(
            SDK_VERSION,
            app.events.mapValues { it.value.version },
            ports.runtimes.groupBy { it.name }.mapValues { (_, all) -> all.maxOf { it.level } },
        )
        val context = ReleaseContext(root, app.name, options.channel, now, atLeast, options.environment, capabilities)
        val release = verifyRelease(envelope, context, ports.verify)
        if (release.kill || release.shape == shape) return release
        throw fault(
            ErrorCode.RELEASE_REQUIRES,
            "release ${release.version}",
            expected = "model \"${model.name}\" with the app's window and labels",
            received = "another model, or one with others",
            remedy = "Update the app.",
        )
    }

    private fun takeBundled(envelope: Envelope) {
        // At time 0 nothing has expired: what came with the app keeps its good model.
        val release = verify(envelope, 0, 0)
        val accepted = acceptedVersion()
        // Whatever newer was accepted once stays, even if nothing of it is left.
        val isOld = release.version < accepted || (release.version == accepted && store.state.active != null)
        if (release.kill || isOld) return
        val keys = trust.root.release.keys
        val state = store.state
        store.save(state.copy(accepted = release.version, keys = keys, killed = false, active = envelope, previous = state.active))
    }

    /** Runs a release that was taken once, by whichever root it was; at time 0 nothing has expired. */
    private fun reopen(envelope: Envelope) {
        var failure: TidelineException? = null
        for (root in trust.roots) {
            val release = try {
                verify(envelope, 0, 0, root)
            } catch (error: TidelineException) {
                failure = failure ?: error
                continue
            }
            runner.open(release)
            running = envelope
            return
        }
        throw checkNotNull(failure)
    }

    /** Asks the model; tells of each place that does not answer why. */
    fun run(window: FloatArray, skip: (String?, ErrorCode) -> Unit): ModelAnswer? {
        if (store.state.killed) {
            skip(null, ErrorCode.RELEASE_KILLED)
            return null
        }
        if (runner.release == null) skip("device", lastCode ?: ErrorCode.NOT_FOUND)
        return runner.run(window, { tally.report("predict", it) }, skip)
    }

    private fun outcome(result: UpdateOutcome.Result, code: ErrorCode?) =
        UpdateOutcome(result, runner.release?.version ?: 0, code)

    /** What this phone drew for roll-outs; outlives the install. */
    private fun draw(): String = store.state.draw ?: hex(ports.random.bytes(DRAW_BYTES)).also {
        store.save(store.state.copy(draw = it))
    }

    private fun take(): UpdateOutcome {
        trust.refresh()
        val url = "${options.console}/v1/releases/${model.name}/${options.channel}"
        val envelope = Envelope.read(ports.fetchJson(url, limits.timeoutMs, MANIFEST_BYTES))
        val release = verify(envelope, ports.clock.now(), acceptedVersion())
        val version = release.version
        val isMeant = release.kill || release.rollout?.includes(draw(), ports.digest::sha256) != false
        ports.crashPoint?.invoke(CrashPoint.ACCEPT_BEFORE)
        if (version != acceptedVersion() || version != store.state.accepted) {
            // A phone that is not meant stays switched off where it was.
            val killed = if (isMeant) release.kill else store.state.killed
            val state = store.state.copy(accepted = version, keys = trust.root.release.keys, killed = killed)
            // What was killed must not come back when a later version fails, so nothing of it is remembered.
            store.save(if (release.kill) state.copy(active = null, previous = null) else state)
        }
        ports.crashPoint?.invoke(CrashPoint.ACCEPT_AFTER)
        if (release.kill) {
            running = null
            runner.dispose()
            return outcome(UpdateOutcome.Result.KILLED, ErrorCode.RELEASE_KILLED)
        }
        if (runner.release?.version == version) {
            runner.complete()
            return outcome(UpdateOutcome.Result.CURRENT, null)
        }
        if (!isMeant) return holdBack(release).also { if (it.result == UpdateOutcome.Result.HELD_BACK) runner.complete() }
        activate(release, envelope)
        return outcome(UpdateOutcome.Result.ACTIVATED, null)
    }

    /** What a phone outside of a roll-out's share takes: the release before where it has less, else nothing. */
    private fun holdBack(release: ReleaseMetadata): UpdateOutcome {
        val heldBack = outcome(UpdateOutcome.Result.HELD_BACK, ErrorCode.RELEASE_HELD_BACK)
        val otherwise = release.rollout?.otherwise?.takeUnless { store.state.killed } ?: return heldBack
        // Never back. What it says of itself before its signature is checked can only leave the phone as it is.
        val told = otherwise.unverified()?.get("version") as? Double
        if (told != null && told <= (runner.release?.version ?: 0)) return heldBack
        val former = verify(otherwise, ports.clock.now(), 0)
        // Never beyond what was offered, and only what is good for every phone.
        if (former.version >= release.version || former.kill || former.rollout != null) return heldBack
        activate(former, otherwise)
        return outcome(UpdateOutcome.Result.ACTIVATED, ErrorCode.RELEASE_HELD_BACK)
    }

    /** Puts a verified release into the place of the one that runs. */
    private fun activate(release: ReleaseMetadata, envelope: Envelope) {
        val before = runner.release
        val replace = runner.prepare(release, isOnline = true)
        ports.crashPoint?.invoke(CrashPoint.ACTIVATE_BEFORE)
        store.save(store.state.copy(active = envelope, previous = running))
        ports.crashPoint?.invoke(CrashPoint.ACTIVATE_AFTER)
        running = envelope
        replace()
        artifacts.removeOthers(listOfNotNull(release, before).flatMap { runner.files(it) })
    }

    /** Asks for a newer release and takes it if it may be trusted and works. One thread at a time. */
    @Synchronized
    fun update(): UpdateOutcome {
        attempt { take() }?.let { taken ->
            lastCode = taken.code
            return taken
        }
        return when (lastCode) {
            ErrorCode.NOT_FOUND -> outcome(UpdateOutcome.Result.CURRENT, lastCode)
            ErrorCode.UNAVAILABLE, ErrorCode.BUDGET_SPENT -> outcome(UpdateOutcome.Result.OFFLINE, lastCode)
            else -> outcome(UpdateOutcome.Result.KEPT, lastCode)
        }
    }

    /** For diagnostics. */
    fun status(): ReleaseStatus {
        val state = store.state
        val release = runner.release
        return ReleaseStatus(
            release?.version ?: 0, release?.id ?: "none", runner.runtime, state.accepted, state.killed, state.times,
            state.skipped, lastCode,
        )
    }

    /** Frees the model. */
    @Synchronized
    fun dispose(): Unit = runner.dispose()
}
