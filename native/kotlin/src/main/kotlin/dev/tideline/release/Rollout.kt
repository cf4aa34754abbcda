package dev.tideline.release

import dev.tideline.json.JsonObject

/**
 * To how many phones a release is offered.
 *
 * @property share of all phones
 * @property salt names the roll-out: each one picks its phones anew
 * @property otherwise what phones outside of the share take where they have less
 */
internal class Rollout(private val share: Double, private val salt: String, val otherwise: Envelope?) {
    /**
     * Whether a phone is within the share: the first 4 bytes of SHA-256 over `salt:draw`, big-endian, as a fraction of
     * 2^32, are below it. The phone drew `draw` once and tells it nobody.
     */
    fun includes(draw: String, sha256: (ByteArray) -> ByteArray): Boolean {
        val hash = sha256("$salt:$draw".toByteArray())
        val bucket = (0..3).fold(0L) { sum, at -> (sum shl 8) or (hash[at].toLong() and 0xff) }
        return bucket < share * (1L shl 32)
    }

    internal companion object {
        /** The roll-out of a manifest. */
        fun read(of: JsonObject): Rollout = Rollout(
            of.number("share"),
            of.text("salt"),
            if (of.has("otherwise")) Envelope.read(of.members["otherwise"]) else null,
        )
    }
}
