package dev.tideline.release

import dev.tideline.ClientLimits
import dev.tideline.CrashPoint
import dev.tideline.Environment
import dev.tideline.ErrorCode
import dev.tideline.ModelRuntime
import dev.tideline.Ports
import dev.tideline.ReleaseStatus
import dev.tideline.SDK_VERSION
import dev.tideline.Tally
import dev.tideline.TidelineException
import dev.tideline.UpdateOutcome
import dev.tideline.definition.AppDefinition
import dev.tideline.definition.ModelDefinition
import dev.tideline.fault
import dev.tideline.fetchJson
import dev.tideline.json.canonicalJson

/** Bytes of a manifest; the window and the requirements take 3 kB. */
private const val MANIFEST_BYTES = 1 shl 20

/** The place of one model on the phone: what runs, and how it is replaced. Opens with the model of the last time. */
internal class ReleaseSlot(
    private val ports: Ports,
    private val limits: ClientLimits,
    private val tally: Tally,
    private val trust: Trust,
    private val app: AppDefinition,
    private val model: ModelDefinition,
    private val console: String,
    private val channel: String,
    private val environment: Environment,
) {
    private val store = ReleaseStore(ports.storage, model.name, channel)
    private val artifacts = Artifacts(ports, model.name, console, limits.timeoutMs, limits.artifactBytes)

    /** Canonical JSON of what a release's model must agree with. */
    private val shape = canonicalJson(listOf(model.name, model.labels, model.window.plain))

    @Volatile
    private var active: ActiveModel? = null

    @Volatile
    private var lastCode: ErrorCode? = null

    /** Envelope of the model that runs. */
    private var running: Envelope? = null

    init {
        store.save(store.state.skipHopeless())
        if (!store.state.killed) {
            for (envelope in listOfNotNull(store.state.active, store.state.previous)) {
                if (active != null) break
                active = reload(envelope)
                running = if (active == null) null else envelope
            }
        }
    }

    /** The model that answers; null where [reason] says why there is none. */
    fun current(): ActiveModel? = if (store.state.killed) null else active

    /** Why there is no model. */
    fun reason(): ErrorCode = if (store.state.killed) ErrorCode.RELEASE_KILLED else lastCode ?: ErrorCode.NOT_FOUND

    /** The release of an envelope, held against what this phone knows. */
    private fun verify(envelope: Envelope, now: Long, acceptedVersion: Long): ReleaseMetadata {
        val capabilities = Capabilities(
            SDK_VERSION,
            app.events.mapValues { it.value.version },
            ports.runtimes.associate { it.name to it.level },
        )
        val context = ReleaseContext(trust.root, app.name, channel, now, acceptedVersion, environment, capabilities)
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

    /** Loads under a marker that a crash leaves behind; the self-test runs before the marker is taken away. */
    private fun load(release: ReleaseMetadata, bytes: ByteArray, runtime: ModelRuntime, vectors: ByteArray?): ActiveModel {
        val version = release.version
        store.save(store.state.beginAttempt(version))
        ports.crashPoint?.invoke(CrashPoint.LOAD_BEFORE)
        var loaded: ActiveModel? = null
        try {
            return ActiveModel.load(release, bytes, runtime).also {
                loaded = it
                if (vectors != null) selfTest(it, vectors)
            }
        } catch (error: TidelineException) {
            loaded?.dispose()
            // A failed self-test counts as a bad load; what the runtime refuses openly may pass (too little memory).
            val counts = error.code == ErrorCode.SELF_TEST_FAILED
            store.save((if (counts) store.state else store.state.endAttempt(version)).skipHopeless())
            throw error
        }
    }

    /** Loads a release that was active before; null where it cannot be had. */
    private fun reload(envelope: Envelope): ActiveModel? = try {
        // At time 0 nothing has expired: an expired manifest keeps the last good model.
        val release = verify(envelope, 0, 0)
        val who = "release ${release.version}"
        if (release.version in store.state.skipped) {
            throw fault(ErrorCode.SELF_TEST_FAILED, who, received = "repeated crashes")
        }
        val (variant, runtime) = ActiveModel.choose(release, ports.runtimes)
        val bytes = artifacts.stored(variant) ?: throw fault(ErrorCode.ARTIFACT_CORRUPT, who)
        load(release, bytes, runtime, null).also { store.save(store.state.endAttempt(release.version)) }
    } catch (error: TidelineException) {
        lastCode = tally.report("update", error)
        null
    }

    private fun replaceActive(next: ActiveModel?, envelope: Envelope?) {
        val old = active
        active = next
        running = envelope
        old?.dispose()
    }

    private fun outcome(result: UpdateOutcome.Result, code: ErrorCode?) =
        UpdateOutcome(result, active?.release?.version ?: 0, code)

    private fun take(): UpdateOutcome {
        trust.refresh()
        val url = "$console/v1/releases/${model.name}/$channel"
        val envelope = Envelope.read(ports.fetchJson(url, limits.timeoutMs, MANIFEST_BYTES))
        val release = verify(envelope, ports.clock.now(), store.state.accepted)
        val version = release.version
        ports.crashPoint?.invoke(CrashPoint.ACCEPT_BEFORE)
        if (version > store.state.accepted) {
            val state = store.state.copy(accepted = version, killed = release.kill)
            // What was killed must not come back when a later version fails, so nothing of it is remembered.
            store.save(if (release.kill) state.copy(active = null, previous = null) else state)
        }
        ports.crashPoint?.invoke(CrashPoint.ACCEPT_AFTER)
        if (release.kill) {
            replaceActive(null, null)
            return outcome(UpdateOutcome.Result.KILLED, ErrorCode.RELEASE_KILLED)
        }
        if (active?.release?.version == version) return outcome(UpdateOutcome.Result.CURRENT, null)
        activate(release, envelope)
        return outcome(UpdateOutcome.Result.ACTIVATED, null)
    }

    private fun activate(release: ReleaseMetadata, envelope: Envelope) {
        if (release.version in store.state.skipped) {
            throw fault(ErrorCode.SELF_TEST_FAILED, "release ${release.version}", received = "repeated failures")
        }
        val (variant, runtime) = ActiveModel.choose(release, ports.runtimes)
        val loaded = load(release, artifacts.fetch(variant), runtime, artifacts.fetch(release.vectors))
        ports.crashPoint?.invoke(CrashPoint.ACTIVATE_BEFORE)
        val state = store.state.endAttempt(release.version)
        store.save(state.copy(active = envelope, previous = running))
        ports.crashPoint?.invoke(CrashPoint.ACTIVATE_AFTER)
        val before = active?.release
        replaceActive(loaded, envelope)
        artifacts.removeOthers(listOfNotNull(variant, before?.let { ActiveModel.choose(it, ports.runtimes).first }))
    }

    /** Asks for a newer release and takes it if it may be trusted and works. One thread at a time. */
    @Synchronized
    fun update(): UpdateOutcome = try {
        take().also { lastCode = it.code }
    } catch (error: TidelineException) {
        lastCode = tally.report("update", error)
        when (error.code) {
            ErrorCode.NOT_FOUND -> outcome(UpdateOutcome.Result.CURRENT, error.code)
            ErrorCode.UNAVAILABLE -> outcome(UpdateOutcome.Result.OFFLINE, error.code)
            else -> outcome(UpdateOutcome.Result.KEPT, error.code)
        }
    }

    /** For diagnostics. */
    fun status(): ReleaseStatus {
        val state = store.state
        val running = active
        return ReleaseStatus(
            running?.release?.version ?: 0,
            running?.release?.id ?: "none",
            running?.runtime?.let { "${it.name} ${it.version}" },
            state.accepted,
            state.killed,
            state.skipped,
            lastCode,
        )
    }

    /** Frees the model. */
    @Synchronized
    fun dispose(): Unit = replaceActive(null, null)
}
