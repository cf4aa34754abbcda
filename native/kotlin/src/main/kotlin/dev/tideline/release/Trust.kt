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

    /** The newest root. */
    @get:Synchronized
    var root: RootMetadata = pinned
        private set

    init {
        try {
            val stored = ports.storage.readState(FILE)?.get("chain") as? List<*> ?: emptyList<Any?>()
            val envelopes = stored.map { Envelope.read(it) }
            root = RootMetadata.follow(pinned, envelopes, ports.verify)
            chain = envelopes
        } catch (error: TidelineException) {
            if (error.code == ErrorCode.STORAGE_FAILED) throw error
            tally.report("update", error)
        }
    }

    /** Follows rotations since the last time: `GET {console}/v1/root`. Throws what verification throws. */
    @Synchronized
    fun refresh(): RootMetadata {
        val url = "$console/v1/root"
        val offered = ports.fetchJson(url, timeoutMs, ROOT_BYTES) as? List<*>
            ?: throw fault(ErrorCode.RELEASE_MALFORMED, "root", url, "a list of envelopes")
        val envelopes = offered.map { Envelope.read(it) }
        val next = RootMetadata.follow(root, envelopes, ports.verify)
        if (next.version > root.version) {
            val longer = chain + envelopes.filter { (it.unverified()?.get("version") as Double) > root.version }
            ports.storage.writeState(FILE, mapOf("format" to 1, "chain" to longer.map { it.plain }))
            chain = longer
            root = next
        }
        return root
    }
}
