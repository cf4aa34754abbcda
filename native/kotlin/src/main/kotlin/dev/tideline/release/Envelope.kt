package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.Verify
import dev.tideline.fault
import dev.tideline.fromBase64
import dev.tideline.json.JsonObject
import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException

/** Payload types of the two kinds of metadata. */
internal const val ROOT_TYPE: String = "application/vnd.tideline.root+json"
internal const val RELEASE_TYPE: String = "application/vnd.tideline.release+json"

/** Signatures of an envelope that are looked at: each costs a verification. */
private const val MOST_SIGNATURES = 32

/**
 * A signed payload, after DSSE (Dead Simple Signing Envelope, protocol 1.0).
 *
 * @property plain the envelope as it came, to be stored
 */
internal class Envelope private constructor(
    val plain: Map<String, Any?>,
    private val type: String,
    private val payload: ByteArray,
    private val signatures: List<Pair<String, ByteArray>>,
) {
    /** The payload as JSON, which nobody has vouched for yet; null where it is none. */
    fun unverified(): Map<*, *>? = try {
        JsonReader.read(payload) as? Map<*, *>
    } catch (_: JsonSyntaxException) {
        null
    }

    /**
     * The payload, if `role` signed it with enough distinct keys.
     *
     * @throws dev.tideline.TidelineException `RELEASE_MALFORMED`, `RELEASE_SIGNATURE_INVALID`
     */
    fun open(wantedType: String, role: Role, keys: Map<String, ByteArray>, verify: Verify): JsonObject {
        if (type != wantedType) {
            throw fault(ErrorCode.RELEASE_MALFORMED, "release", expected = wantedType, received = type)
        }
        val message = preAuthentication(type, payload)
        val signers = HashSet<String>()
        for ((id, signature) in signatures) {
            val key = keys[id] ?: continue
            // By the key itself: one key under two ids is still one signer.
            val name = key.joinToString()
            if (id !in role.keys || name in signers) continue
            if (verify.ed25519(key, message, signature)) signers.add(name)
        }
        if (role.threshold < 1 || signers.size < role.threshold) {
            throw fault(
                ErrorCode.RELEASE_SIGNATURE_INVALID,
                "release",
                expected = "${role.threshold} valid signature(s) of the role",
                received = signers.size.toString(),
                remedy = "The manifest was tampered with, or its key is not trusted; it is not used.",
            )
        }
        return JsonObject.parse(payload, "release", ErrorCode.RELEASE_MALFORMED)
    }

    internal companion object {
        /** DSSE's pre-authentication encoding: the bytes that are signed. */
        fun preAuthentication(type: String, payload: ByteArray): ByteArray {
            val length = type.toByteArray(Charsets.UTF_8).size
            return "DSSEv1 $length $type ${payload.size} ".toByteArray(Charsets.UTF_8) + payload
        }

        /**
         * The envelope in a parsed value.
         *
         * @throws dev.tideline.TidelineException `RELEASE_MALFORMED`
         */
        fun read(value: Any?): Envelope {
            val envelope = JsonObject.of(value, "envelope", ErrorCode.RELEASE_MALFORMED)
            val signatures = envelope.children("signatures").take(MOST_SIGNATURES).map {
                it.text("keyid") to (fromBase64(it.text("sig")) ?: throw malformed("sig"))
            }
            val payload = fromBase64(envelope.text("payload")) ?: throw malformed("payload")
            return Envelope(envelope.members, envelope.text("payloadType"), payload, signatures)
        }

        private fun malformed(field: String) = fault(
            ErrorCode.RELEASE_MALFORMED,
            "envelope",
            field,
            "a signed envelope, in base64",
            "other content",
        )
    }
}
