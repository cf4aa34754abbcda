package dev.tideline

import dev.tideline.capture.Capture
import dev.tideline.consent.Consent
import dev.tideline.consent.TrackCall
import dev.tideline.consent.draftEvent
import dev.tideline.definition.ModelDefinition
import dev.tideline.queue.BatchTarget
import dev.tideline.queue.Identity
import dev.tideline.queue.Journal
import dev.tideline.queue.Owner
import dev.tideline.queue.Queue
import dev.tideline.queue.QueueState
import dev.tideline.queue.Upload
import dev.tideline.queue.backoff
import dev.tideline.release.ReleaseSlot
import dev.tideline.release.Trust
import dev.tideline.release.label
import dev.tideline.subject.EraseOutcome
import dev.tideline.subject.ExportOutcome
import dev.tideline.subject.Subject
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
    private val storage = GuardedStorage(options.ports.storage)
    private val budget = options.budget?.let { options.ports.run { Budget(it, storage, clock, conditions, network) } }
    private val ports = options.ports.run {
        Ports(
            this@TidelineClient.storage, budget ?: network, clock, random, digest, verify, gzip, GuardedSecure(secure),
            instance, runtimes, log, crashPoint, conditions,
        )
    }
    private val tally = Tally(ports)
    private val definition = app.contentHash(ports.digest)
    private val trust = Trust(ports, tally, options.console, options.root, limits.timeoutMs)
    private val subject =
        Subject(ports, tally, trust, SubjectEndpoint(ports, options.console, options.writeKey, limits.timeoutMs))

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

    /** Earlier installs of this phone of which something waited at the start. */
    @Volatile
    private var earlier: List<Owner>
    private val person = Person(options.user)

    init {
        Identity.installOf(ports)?.let { if (subject.isErased(it)) wipeFiles() }
        for (request in subject.requests()) if (subject.isErased(request.install)) Identity.forget(request.install, ports)
        val journal = Journal(ports.storage, limits.segmentBytes)
        tornBytes = journal.tornBytes
        val state = ports.storage.readState(QueueState.FILE)?.let { QueueState.read(it) }
        val installs = journal.found.mapTo(LinkedHashSet()) { it.first.source.install }
        val lost = state == null || journal.damaged
        identity = Identity.open(ports, Identity.Conditions(lost, options.restrict.minor) { it in installs })
        earlier = (installs - identity.source.install).mapNotNull { Identity.earlier(it, ports) }
        queue = Queue(ports, limits, journal, state ?: QueueState(), identity.source, identity.proof)
        // Of installs that the last start still knew, too: their last events may have gone meanwhile.
        val before = installs + state?.sources.orEmpty().keys.map { it.substringBefore('.') } - identity.source.install
        for (install in before) if (!queue.waits(install)) Identity.forget(install, ports)
        earlier = earlier.filter { queue.waits(it.install) }
        consent = Consent(ports, app, options.restrict, queue)
        val target = BatchTarget(options.collect, options.writeKey, options.region, options.restrict.optOut)
        upload = Upload(ports, limits, queue, tally, target)
        val endpoint = if (options.cloud) Endpoint(ports, options.console, options.writeKey, limits.timeoutMs) else null
        slots = app.models.associate { it.name to ReleaseSlot(options, ports, tally, trust, it) }
        answerers = app.models.associate {
            it.name to Answerer(it, slots.getValue(it.name), endpoint, tally, limits.lastAnswerMs)
        }
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
        val at = time ?: ports.clock.now()
        person.tell { who ->
            val told = if (options.restrict.minor) Person.Told(null, null) else who
            val call = TrackCall(event, properties, at, told, consent.granted)
            val draft = draftEvent(app, call, limits.batchBytes) { tally.add("withheldFields") }
            if (draft == null) tally.add("withheld")
            draft?.let { queue.record(it) }?.let { (source, seq) -> EventIdentity(source.install, source.epoch, seq) }
        }
    }

    /**
     * Sets the purposes that the person consents to, all of them; waiting events and fields of withdrawn ones leave
     * the device.
     *
     * @throws TidelineException `ARGUMENT_INVALID` for a purpose that is not declared, `STORAGE_FAILED`
     */
    public fun setConsent(purposes: Collection<String>): Unit = lock.write { consent.set(purposes) }

    /**
     * Sets the app's id of the person for events from now on. `previous` is another id by which the app knew the same
     * person until now: the next event tells the server, which joins the two from there on.
     */
    @JvmOverloads
    public fun setUser(user: String?, previous: String? = null): Unit = person.set(user, previous)

    /**
     * Sends what waits, with pauses and new attempts where the server or the network fails. Tells failures, of the
     * storage too, by its outcome. Requests of the person that wait go first. An interrupt of the thread ends it
     * before its next attempt.
     */
    public fun flush(): FlushOutcome {
        try {
            subject.advance()
        } catch (error: TidelineException) {
            tally.report("subject", error)
        }
        val pending = queue.counts().pending
        if (pending > 0 && budget?.holdsEvents() == true) return FlushOutcome(0, pending, ErrorCode.BUDGET_SPENT)
        return upload.flush()
    }

    /** Asks for a newer release of a model and takes it if it may be trusted and works. Never throws for a bad one. */
    @JvmOverloads
    public fun update(model: String? = null): UpdateOutcome = slots.getValue(modelNamed(model).name).update()

    /**
     * Answers a window: by the model on the fastest runtime that passed its self-test, else on the others, else by the
     * endpoint (if the app has that tier and the person consented to it), else by the last answer of the session, else
     * by the rule. Without consent to the model's purpose the rule answers and nothing is recorded.
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
        val answer = answerers.getValue(of.name).answer(window, { consent.granted }, session, time ?: ports.clock.now())
        val latencyMs = maxOf(0L, ports.clock.nanos() - begun) / 1e6
        val id = identity.run { "${source.install}.${source.epoch}.$starts.${predictions.incrementAndGet()}" }
        val prediction = answer.run { Prediction(id, label, source, release, runtime, probabilities, reason, latencyMs) }
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
            "reason" to prediction.reason?.take(REASON_LENGTH),
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

    /** Asks after a request until it is finished, the network is away or some attempts are over. */
    private fun follow(of: SubjectRequest): SubjectRequest {
        var attempt = 1
        while (true) {
            subject.advance()
            val now = subject.now(of)
            if (now.isFinished || now.state == SubjectRequest.State.PENDING || attempt >= limits.attempts) return now
            ports.clock.pause(backoff(attempt++, limits, ports.random))
            if (Thread.currentThread().isInterrupted) return now
        }
    }

    /**
     * Asks the server for everything that it holds of this install. Waits a little; where it is not done by then, or
     * there is no network, another call goes on with the same request.
     *
     * @throws TidelineException `UNAVAILABLE` where the export is done and cannot be fetched, `STORAGE_FAILED`
     */
    public fun exportMe(): ExportOutcome {
        val request = follow(subject.begin(SubjectRequest.Kind.EXPORT, listOf(identity.owner)))
        val isDone = request.state == SubjectRequest.State.DONE
        return ExportOutcome(request, if (isDone) subject.download(request, limits.exportBytes) else null)
    }

    /**
     * Erases this install: its queue and its identity here and at once, and what the server holds as soon as it can be
     * told, also after a restart. Events from now on are those of a new install; to record none, take consent back too.
     *
     * @throws TidelineException `STORAGE_FAILED`; then call it again. `RELEASE_SIGNATURE_INVALID` for a forged receipt
     */
    public fun eraseMe(): EraseOutcome {
        val begun = lock.write {
            // Earlier installs go too: what waits of them is this person's.
            val owners = listOf(identity.owner) + earlier
            val request = subject.begin(SubjectRequest.Kind.ERASE, owners) { queue.isKnown(it) }
            ports.crashPoint?.invoke(CrashPoint.ERASE_BEFORE)
            queue.wipe {
                wipeFiles()
                Identity.open(ports, Identity.Conditions(damaged = false, fresh = true) { false }).also { identity = it }
            }
            earlier.forEach { Identity.forget(it.install, ports) }
            earlier = emptyList()
            answerers.values.forEach { it.forget() }
            ports.crashPoint?.invoke(CrashPoint.ERASE_AFTER)
            request
        }
        return follow(begun).let { EraseOutcome(it, receiptOf(it)) }
    }

    /**
     * The signed proof of an erasure that is done, as JSON of an envelope whose signature was checked; null for any
     * other request of [Diagnostics.requests].
     *
     * @throws TidelineException `UNAVAILABLE`, `NOT_FOUND`, `RELEASE_SIGNATURE_INVALID`
     */
    public fun receiptOf(request: SubjectRequest): String? {
        val isErased = request.kind == SubjectRequest.Kind.ERASE && request.state == SubjectRequest.State.DONE
        return if (isErased) subject.receipt(request) else null
    }

    /** The identity goes last: as long as it stands, the next start finishes what was interrupted. */
    private fun wipeFiles() {
        for (prefix in listOf("journal-", "media-", QueueState.FILE, Identity.FILE)) {
            for (name in ports.storage.list(prefix)) ports.storage.remove(name)
        }
    }

    /** What a support person reads. */
    public fun diagnostics(): Diagnostics {
        val counts = queue.counts()
        val source = identity.source
        val events = Diagnostics.Events(
            counts.acknowledged + counts.pending + counts.dropped, counts.acknowledged, counts.pending, counts.dropped,
            counts.quarantined, tally.get("withheld"), tally.get("withheldFields"), tornBytes,
            counts.drops,
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
            ports.runtimes.map { "${it.label} ${it.version}" },
            Prediction.Source.values().associate { it.wire to tally.get(it.wire) },
            subject.requests(),
            tally.lastError(),
            budget?.status(),
        )
    }

    /** Sequence numbers that the server took over, by `install.epoch`. */
    public fun acknowledged(): Map<String, SequenceSet> = queue.acknowledged()

    /** Frees models, after the runs that are under way; call nothing afterwards. */
    override fun close(): Unit = slots.values.forEach { it.dispose() }

    /** Opens clients. */
    public companion object {
        /** UTF-16 units of a reason that fit into the prediction event. */
        private const val REASON_LENGTH = 256

        /**
         * Opens the client; reads storage, and cuts off what a crash has torn.
         *
         * @throws TidelineException `STORAGE_FAILED`
         */
        @JvmStatic
        public fun open(options: ClientOptions): TidelineClient = TidelineClient(options)
    }
}
