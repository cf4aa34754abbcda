package dev.tideline

import dev.tideline.definition.AppDefinition
import dev.tideline.jvm.SystemDigest
import dev.tideline.jvm.SystemVerify
import dev.tideline.queue.JournalRecord
import dev.tideline.release.RootMetadata
import dev.tideline.wire.decodeBatch
import dev.tideline.json.jsonBytes
import java.io.IOException

/** A world around one phone: its files, a clock that pauses move, and a server whose answers a test sets. */
class World {
    val storage = MemoryStorage()
    val secure = MemorySecure()
    var now = 1_700_000_000_000L
    val pauses = ArrayList<Long>()
    val requests = ArrayList<NetworkRequest>()
    val logged = ArrayList<LogEntry>()
    var instance = "instance-1"
    var conditions: Conditions? = null

    /** Answers a request; null means no connection. */
    var answer: (NetworkRequest) -> NetworkResponse? = { null }
    var crashPoint: ((CrashPoint) -> Unit)? = null
    private var seed = 1

    val clock = object : Clock {
        override fun now() = now

        override fun nanos() = now * 1_000_000

        override fun pause(ms: Long) {
            pauses.add(ms)
            now += ms
        }
    }

    fun ports(runtimes: List<ModelRuntime> = listOf(GainRuntime)): Ports = Ports(
        storage,
        { request ->
            requests.add(request)
            answer(request) ?: throw IOException("no connection")
        },
        clock,
        { length -> ByteArray(length) { seed = seed * 1_103_515_245 + 12_345; (seed shr 16).toByte() } },
        SystemDigest,
        SystemVerify,
        { it },
        secure,
        instance,
        runtimes,
        { logged.add(it) },
        { crashPoint?.invoke(it) },
        { conditions ?: Conditions(null, null, null) },
    )

    fun open(
        limits: ClientLimits = ClientLimits(),
        root: RootMetadata = Signing.root(),
        app: AppDefinition = SmallApp.definition,
        environment: Environment = Environment.PRODUCTION,
        bundled: List<BundledRelease> = emptyList(),
        cloud: Boolean = false,
        restrict: Restriction = Restriction(),
        runtimes: List<ModelRuntime> = listOf(GainRuntime),
        budget: BudgetLimits? = null,
        region: String? = null,
    ): TidelineClient = TidelineClient.open(
        ClientOptions(
            app, ports(runtimes), "http://collect", "http://console", "key", root, "ada", "stable", environment, limits,
            bundled, cloud, restrict, region, budget,
        ),
    )

    /** Records that wait in the journal, all segments. */
    internal fun journal(): List<JournalRecord> = storage.list("journal-").flatMap { JournalRecord.decodeAll(storage.files.getValue(it)).first }

    /** Whether a text stands in any file. */
    fun holds(text: String): Boolean = storage.files.values.any { text in String(it, Charsets.ISO_8859_1) }
}

fun respond(status: Int, body: Any?, headers: Map<String, String> = emptyMap()): NetworkResponse =
    NetworkResponse(status, headers, if (body is ByteArray) body else jsonBytes(body))

/** Acknowledges everything of a batch, as the real server does. */
fun acknowledge(request: NetworkRequest): NetworkResponse {
    val events = decodeBatch(checkNotNull(request.body)).header.at("events") as List<*>
    return respond(200, acknowledgement(events.map { it.at("seq").long() }))
}

fun acknowledgement(sequences: List<Long>): Map<String, Any?> = mapOf(
    "format" to 1,
    "acknowledged" to sequences.map { listOf(it, it) },
    "quarantined" to emptyList<Any>(),
    "duplicates" to 0,
    "received_at" to 1_700_000_000_000,
)

/** A model that answers `[1 - p, p]`, where `p` is the window's first value times the number that its bytes name. */
object GainRuntime : ModelRuntime {
    override val name = "onnx"
    override val tier = ModelRuntime.Tier.CPU
    override val version = "1.2.3"
    override val level = 18

    override fun load(bytes: ByteArray, input: String, output: String): LoadedModel {
        val gain = String(bytes).removePrefix("gain ").toFloat()
        return object : LoadedModel {
            override fun run(window: FloatArray, dims: IntArray) = floatArrayOf(1 - window[0] * gain, window[0] * gain)

            override fun release() = Unit
        }
    }
}
