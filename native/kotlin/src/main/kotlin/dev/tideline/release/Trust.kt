package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.Tally
import dev.tideline.TidelineException
import dev.tideline.fault
import dev.tideline.fetchJson
import dev.tideline.readState
import dev.tideline.writeState

private const val FILE = "root.json"

/** Bytes of the list of roots; a root with a few keys takes 2 kB in its envelope. */
private const val ROOT_BYTES = 1 shl 20

/**
 * The root of trust: pinned in the app, then rotated by roots that it signed. A stored rotation that the pinned root
 * does not lead to is forgotten.
 */
internal class Trust(
    private val ports: Ports,
    private val tally: Tally,
    private val console: String,
    pinned: RootMetadata,
    private val timeoutMs: Int,
) {
    private var chain: List<Envelope> = emptyList()

    /** Every root that was ever trusted, newest first: what one of them vouched for once stays. */
    @get:Synchronized
    var roots: List<RootMetadata> = listOf(pinned)
        private set

    /** The newest root. */
    val root: RootMetadata get() = roots.first()

    init {
        try {
            val stored = ports.storage.readState(FILE)?.get("chain") as? List<*> ?: emptyList<Any?>()
            val envelopes = stored.map { Envelope.read(it) }
            roots = follow(envelopes)
            chain = envelopes
        } catch (error: TidelineException) {
            if (error.code == ErrorCode.STORAGE_FAILED) throw error
            tally.report("update", error)
        }
    }

    private fun follow(envelopes: List<Envelope>): List<RootMetadata> = envelopes.fold(roots) { followed, envelope ->
        val next = RootMetadata.follow(followed.first(), listOf(envelope), ports.verify)
        if (next === followed.first()) followed else listOf(next) + followed
    }

    /** Follows rotations since the last time: `GET {console}/v1/root`. Throws what verification throws. */
    @Synchronized
    fun refresh() {
        val url = "$console/v1/root"
        val offered = ports.fetchJson(url, timeoutMs, ROOT_BYTES) as? List<*>
            ?: throw fault(ErrorCode.RELEASE_MALFORMED, "root", url, "a list of envelopes")
        val envelopes = offered.map { Envelope.read(it) }
        val followed = follow(envelopes)
        if (followed.size == roots.size) return
        val newer = envelopes.filter { (it.unverified()?.get("version") as Double) > root.version }
        ports.storage.writeState(FILE, mapOf("format" to 1, "chain" to (chain + newer).map { it.plain }))
        chain = chain + newer
        roots = followed
    }
}
