package dev.tideline

import dev.tideline.capture.Capture
import dev.tideline.consent.Consent
import dev.tideline.consent.TrackCall
import dev.tideline.consent.draftEvent
import dev.tideline.definition.ModelDefinition
import dev.tideline.queue.Identity
import dev.tideline.queue.Journal
import dev.tideline.queue.Queue
import dev.tideline.queue.QueueState
import dev.tideline.queue.Upload
import dev.tideline.release.ReleaseSlot
import dev.tideline.release.Trust
import dev.tideline.subject.Erasures
import dev.tideline.subject.SubjectEndpoint
import dev.tideline.subject.SubjectRequest
import dev.tideline.wire.Frame
import dev.tideline.wire.SequenceSet
import java.io.Closeable
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.ReentrantReadWriteLock
import kotlin.concurrent.read
import kotlin.concurrent.write

/**
 * The client of a phone on its storage; works without a network, with the release of the last time.
 *
 * Calls block and may come from any thread: the caller chooses it, and on Android keeps them off the main one. `track`
 * and `setConsent` write to storage; `flush`, `update`, `exportMe` and `eraseMe` use the network and may take as long
 * as its timeouts and pauses; `predict` computes, and uses the network only where the person allowed it. One client at
 * a time may have a storage open.
 *
 * @sample dev.tideline.samples.openClient
 */
public class TidelineClient private constructor(private val options: ClientOptions) : Closeable {
    private val app = options.app
    private val limits = options.limits
    private val ports = options.ports.run {
        Ports(
            GuardedStorage(storage), network, clock, random, digest, verify, gzip, GuardedSecure(secure), instance,
            runtimes, log, crashPoint,
        )
    }
    private val tally = Tally(ports)
    private val definition = app.contentHash(ports.digest)
    private val subject = SubjectEndpoint(ports, options.console, options.writeKey, limits.timeoutMs, limits.artifactBytes)
    private val erasures = Erasures(ports, subject, tally)

    /** Recording reads, changes of consent and identity write. */
    private val lock = ReentrantReadWriteLock()
    private val tornBytes: Long
    private val queue: Queue
    private val consent: Consent
    private val upload: Upload
    private val slots: Map<String, ReleaseSlot>
    private val answerers: Map<String, Answerer>
    private val predictions = AtomicLong()

    @Volatile
    private var identity: Identity

    @Volatile
    private var user: String? = options.user

    init {
        if (erasures.isWiping) wipeFiles()
        val journal = Journal(ports.storage, limits.segmentBytes)
        tornBytes = journal.tornBytes
        val state = ports.storage.readState(QueueState.FILE)?.let { QueueState.read(it) }
        identity = Identity.open(ports, state == null || journal.damaged)
        if (state == null) ports.storage.writeState(QueueState.FILE, QueueState().toJson())
        erasures.wiped()
        queue = Queue(ports, limits, journal, state ?: QueueState(), identity.source)
        consent = Consent(ports, app, queue)
        upload = Upload(ports, limits, queue, tally, options.collect, options.writeKey) { source ->
            identity.takeIf { it.source.install == source.install }?.proof
        }
        val trust = Trust(ports, tally, options.console, options.root, limits.timeoutMs)
        val endpoint = Endpoint(ports, options.console, options.writeKey, limits.timeoutMs)
        slots = app.models.associate { model ->
            val slot = ReleaseSlot(ports, limits, tally, trust, app, model, options.console, options.channel, options.environment)
            model.name to slot
        }
        answerers = app.models.associate { it.name to Answerer(it, slots.getValue(it.name), endpoint, tally) }
    }

    private fun modelNamed(name: String?): ModelDefinition =
        (if (name == null) app.models.firstOrNull() else app.models.find { it.name == name }) ?: throw fault(
            ErrorCode.ARGUMENT_INVALID,
            app.name,
            "model",
            app.models.joinToString(" or ") { it.name }.ifEmpty { "an app with a model" },
            name ?: "none",
        )

    /**
     * Records an event; when it returns the event survives the loss of power. Null where the person has not consented
     * to the event's purpose; fields whose own purpose they have not consented to are left out.
     *
     * @param properties by field: text, numbers, booleans, `List` or array of numbers for vectors, [Frame] for samples
     * @param time milliseconds since 1970; the device's clock where null
     * @throws TidelineException `EVENT_UNKNOWN`, `EVENT_TOO_LARGE`, `FIELD_MISSING`, `FIELD_INVALID`, `FIELD_UNKNOWN`,
     * `TIME_INVALID`, `STORAGE_FAILED`
     */
    @JvmOverloads
    public fun track(event: String, properties: Map<String, Any?>, time: Long? = null): EventIdentity? = lock.read {
        val call = TrackCall(event, properties, time ?: ports.clock.now(), user, consent.granted)
        val draft = draftEvent(app, call, limits.batchBytes) { tally.add("withheldFields") }
        if (draft == null) {
            tally.add("withheld")
            return null
        }
        val (source, seq) = queue.record(draft)
        EventIdentity(source.install, source.epoch, seq)
    }

    /**
     * Sets the purposes that the person consents to, all of them; waiting events and fields of withdrawn ones leave
     * the device.
     *
     * @throws TidelineException `ARGUMENT_INVALID` for a purpose that is not declared, `STORAGE_FAILED`
     */
    public fun setConsent(purposes: Collection<String>): Unit = lock.write { consent.set(purposes) }

    /** Sets the app's id of the person for events from now on. */
    public fun setUser(user: String?) {
        this.user = user
    }

    /**
     * Sends what waits, with pauses and new attempts where the server or the network fails. Tells failures, of the
     * storage too, by its outcome. Erasures that wait go first.
     */
    public fun flush(): FlushOutcome {
        try {
            erasures.send()
        } catch (error: TidelineException) {
            tally.report("subject", error)
        }
        return upload.flush()
    }

    /** Asks for a newer release of a model and takes it if it may be trusted and works. Never throws for a bad one. */
    @JvmOverloads
    public fun update(model: String? = null): UpdateOutcome = slots.getValue(modelNamed(model).name).update()

    /**
     * Answers a window: by the model, else by the endpoint (if consented to), else by the rule. Without consent to the
     * model's purpose the rule answers and nothing is recorded.
     *
     * @param window `[size, channels]`, row-major
     * @param start first sample of the window in its session
     * @param time event time of the prediction; the device's clock where null
     * @param model name of the model; the app's first one where null
     * @throws TidelineException `ARGUMENT_INVALID` for a window of another size
     */
    @JvmOverloads
    public fun predict(
        window: FloatArray,
        session: String,
        start: Long,
        time: Long? = null,
        model: String? = null,
    ): Prediction {
        val of = modelNamed(model)
        val wanted = of.window.size * of.window.channels.size
        if (window.size != wanted) {
            throw fault(ErrorCode.ARGUMENT_INVALID, "predict", "window", "$wanted values", "${window.size} values")
        }
        val begun = ports.clock.nanos()
        val granted = consent.granted
        val answer = answerers.getValue(of.name).answer(window, granted)
        val latencyMs = maxOf(0L, ports.clock.nanos() - begun) / 1e6
        val id = identity.run { "${source.install}.${source.epoch}.$starts.${predictions.incrementAndGet()}" }
        val prediction = answer.run { Prediction(id, label, source, release, probabilities, reason, latencyMs) }
        tally.add(prediction.source.wire)
        if (of.purpose in granted) report(prediction, of, session, start, time)
        return prediction
    }

    /** Reports a prediction as an event; an answer is not withheld because it cannot be written down. */
    private fun report(prediction: Prediction, model: ModelDefinition, session: String, start: Long, time: Long?) {
        if ("prediction" !in app.events) return
        val properties = mapOf(
            "prediction_id" to prediction.id,
            "session" to session,
            "start" to start,
            "model" to model.name,
            "release" to prediction.release,
            "definition" to definition,
            "label" to prediction.label,
            "probabilities" to prediction.probabilities,
            "source" to prediction.source.wire,
            "reason" to prediction.reason,
            "latency_ms" to prediction.latencyMs,
        )
        try {
            track("prediction", properties, time)
        } catch (error: TidelineException) {
            tally.report("predict", error, LogEntry.Level.ERROR)
        }
    }

    /** Reports what a prediction should have been; as [track]. */
    @JvmOverloads
    public fun feedback(predictionId: String, label: String, model: String? = null, time: Long? = null): EventIdentity? =
        modelNamed(model).run {
            track(feedbackEvent, mapOf(feedbackPrediction to predictionId, feedbackLabel to label), time)
        }

    /**
     * Begins to cut a stream of sensor samples into recorded frames and windows for a model.
     *
     * @param startTime the device's clock at sample 0 of the session, milliseconds since 1970
     * @param firstSample index in the session of the first sample to come: 0, or more after a restart
     * @param frameSamples samples of a recorded frame
     * @param predict false: only record
     */
    @JvmOverloads
    public fun capture(
        session: String,
        startTime: Long,
        model: String? = null,
        firstSample: Long = 0,
        frameSamples: Int = 128,
        predict: Boolean = true,
        encoding: Frame.Encoding = Frame.Encoding.FLOAT32,
    ): Capture {
        if (frameSamples < 1) throw fault(ErrorCode.ARGUMENT_INVALID, "capture", "frameSamples", "at least 1", "$frameSamples")
        return Capture(this, modelNamed(model), session, startTime, firstSample, frameSamples, predict, encoding)
    }

    /**
     * Asks the server for everything that it holds of this install; [exportState] says how far it is.
     *
     * @throws TidelineException `UNAVAILABLE`, `UNAUTHORISED`, `FORBIDDEN`, `NOT_FOUND`
     */
    public fun exportMe(): SubjectRequest = identity.run { subject.ask("export", source.install, secret) }

    /** How far an export is; throws as [exportMe]. */
    public fun exportState(request: String): SubjectRequest = subject.state(request, identity.secret)

    /** What an export that is done found: UTF-8 lines of JSON. Throws as [exportMe]. */
    public fun exportContent(request: String): ByteArray = subject.export(request, identity.secret)

    /**
     * Erases the person: everything that waits on this device, at once, and what the server holds of this install. The
     * install gets a new id and consent is withdrawn, so that nothing is recorded until it is given again. Where
     * nobody answers the request is remembered, over restarts too, and sent with a later [flush].
     *
     * @throws TidelineException `STORAGE_FAILED`; then call it again
     */
    public fun eraseMe(): SubjectRequest {
        lock.write {
            identity.run { erasures.begin(source.install, secret) }
            ports.crashPoint?.invoke(CrashPoint.ERASE_BEFORE)
            consent.set(emptyList())
            ports.storage.remove(Identity.FILE)
            identity = Identity.open(ports, damaged = false)
            queue.wipe(identity.source)
            user = null
            ports.crashPoint?.invoke(CrashPoint.ERASE_AFTER)
            erasures.wiped()
        }
        return erasures.send() ?: SubjectRequest("", SubjectRequest.State.WAITING, null)
    }

    /** Finishes an erasure that was interrupted: nothing of the erased install is left. */
    private fun wipeFiles() {
        for (name in ports.storage.list("journal-")) ports.storage.remove(name)
        for (name in listOf(QueueState.FILE, Identity.FILE, Consent.FILE)) ports.storage.remove(name)
    }

    /** What a support person reads. */
    public fun diagnostics(): Diagnostics {
        val counts = queue.counts()
        val source = identity.source
        val events = Diagnostics.Events(
            counts.acknowledged + counts.pending + counts.dropped, counts.acknowledged, counts.pending, counts.dropped,
            counts.quarantined, tally.get("withheld"), tally.get("withheldFields"), tornBytes,
        )
        val uploads = Diagnostics.Uploads(
            tally.get("batches"), tally.get("retries"), tally.get("outages"), tally.get("duplicates"), upload.stopped,
        )
        return Diagnostics(
            SDK_VERSION,
            source.install,
            source.epoch,
            consent.granted,
            events,
            uploads,
            slots.mapValues { it.value.status() },
            ports.runtimes.map { "${it.name} ${it.version}" },
            Prediction.Source.values().associate { it.wire to tally.get(it.wire) },
            tally.lastError(),
        )
    }

    /** Sequence numbers that the server took over, by `install.epoch`. */
    public fun acknowledged(): Map<String, SequenceSet> = queue.acknowledged()

    /** Frees models, after the runs that are under way; call nothing afterwards. */
    override fun close(): Unit = slots.values.forEach { it.dispose() }

    /** Opens clients. */
    public companion object {
        /**
         * Opens the client; reads storage, and cuts off what a crash has torn.
         *
         * @throws TidelineException `STORAGE_FAILED`
         */
        @JvmStatic
        public fun open(options: ClientOptions): TidelineClient = TidelineClient(options)
    }
}
