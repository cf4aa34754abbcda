package dev.tideline

import dev.tideline.json.jsonBytes
import dev.tideline.release.Envelope
import dev.tideline.release.RELEASE_TYPE
import dev.tideline.release.ROOT_TYPE
import dev.tideline.release.RootMetadata
import java.security.KeyFactory
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.EdECPublicKey
import java.security.spec.EdECPrivateKeySpec
import java.security.spec.NamedParameterSpec

/** A signing key of a test, made from a seed. */
class SigningKey(seed: Int) {
    val secret: PrivateKey = KeyFactory.getInstance("Ed25519")
        .generatePrivate(EdECPrivateKeySpec(NamedParameterSpec.ED25519, ByteArray(32) { seed.toByte() }))
    val public: ByteArray = publicOf(seed)
    val id: String = hex(java.security.MessageDigest.getInstance("SHA-256").digest(public))

    fun sign(message: ByteArray): ByteArray = Signature.getInstance("Ed25519").run {
        initSign(secret)
        update(message)
        sign()
    }

    private companion object {
        /** The public key that belongs to a seed: a generator whose randomness is the seed derives it. */
        fun publicOf(seed: Int): ByteArray {
            val generator = java.security.KeyPairGenerator.getInstance("Ed25519")
            generator.initialize(NamedParameterSpec.ED25519, object : java.security.SecureRandom() {
                override fun nextBytes(bytes: ByteArray) = bytes.fill(seed.toByte())
            })
            val point = (generator.generateKeyPair().public as EdECPublicKey).point
            val bytes = point.y.toByteArray().reversedArray().copyOf(32)
            if (point.isXOdd) bytes[31] = (bytes[31].toInt() or 0x80).toByte()
            return bytes
        }
    }
}

/** Roots, releases and their envelopes. */
object Signing {
    const val NOW = 1_700_000_000_000L
    private const val YEAR = 365 * 86_400_000L
    val rootKey = SigningKey(1)
    val releaseKey = SigningKey(2)
    val otherKey = SigningKey(3)

    /** An envelope around a value, or around bytes, whatever those are. */
    fun seal(type: String, value: Any?, keys: List<SigningKey>): Map<String, Any?> {
        val payload = value as? ByteArray ?: jsonBytes(value)
        val message = Envelope.preAuthentication(type, payload)
        return mapOf(
            "payloadType" to type,
            "payload" to base64(payload),
            "signatures" to keys.map { mapOf("keyid" to it.id, "sig" to base64(it.sign(message))) },
        )
    }

    fun rootJson(
        changes: Map<String, Any?> = emptyMap(),
        keys: List<SigningKey> = listOf(rootKey, releaseKey),
        root: SigningKey = rootKey,
        release: SigningKey = releaseKey,
    ): Map<String, Any?> = mapOf(
        "type" to "root",
        "format" to 1,
        "version" to 1,
        "expires" to NOW + YEAR,
        "development" to false,
        "keys" to keys.associate { it.id to mapOf("scheme" to "ed25519", "public" to base64(it.public)) },
        "roles" to mapOf(
            "root" to mapOf("keys" to listOf(root.id), "threshold" to 1),
            "release" to mapOf("keys" to listOf(release.id), "threshold" to 1),
        ),
    ) + changes

    fun root(changes: Map<String, Any?> = emptyMap()): RootMetadata = RootMetadata.parse(jsonBytes(rootJson(changes)))

    fun sealRoot(root: Map<String, Any?>, vararg keys: SigningKey) = seal(ROOT_TYPE, root, keys.toList())

    fun digest(bytes: ByteArray): String = hex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes))

    private fun reference(bytes: ByteArray) = mapOf("sha256" to digest(bytes), "bytes" to bytes.size)

    /**
     * A release whose model multiplies by `gain`, and whose vectors were made with `tested`; its file answers `own`, with
     * a deviation of 0.05, where there is one.
     */
    fun release(
        version: Int,
        gain: Double = 0.5,
        tested: Double = gain,
        keys: List<SigningKey> = listOf(releaseKey),
        changes: Map<String, Any?> = emptyMap(),
        own: Double? = null,
    ): SmallRelease {
        val bytes = "gain $gain".toByteArray()
        val window = List(24) { if (it == 0) 1 else 0 }
        val vectors = jsonBytes(
            mapOf(
                "format" to 1,
                "tolerance" to 1e-4,
                "windows" to listOf(window),
                "probabilities" to listOf(listOf(1 - tested, tested)),
            ) + if (own == null) {
                emptyMap()
            } else {
                val answers = mapOf("deviation" to 0.05, "probabilities" to listOf(listOf(1 - own, own)))
                mapOf("variants" to mapOf(digest(bytes) to answers))
            },
        )
        val metadata = mapOf(
            "type" to "release",
            "format" to 1,
            "app" to "small",
            "channel" to "stable",
            "version" to version,
            "id" to digest(bytes),
            "issued" to NOW,
            "expires" to NOW + YEAR,
            "requires" to mapOf(
                "sdk" to "0.1.0",
                "schema" to mapOf("motion" to 1),
                "runtime" to listOf("onnx"),
                "opset" to 18,
            ),
            "model" to mapOf(
                "name" to "activity",
                "labels" to listOf("still", "moving"),
                "window" to SmallApp.window,
                "input" to "window",
                "output" to "probabilities",
            ),
            "variants" to listOf(reference(bytes) + ("format" to "onnx") + ("opset" to 18)),
            "vectors" to reference(vectors),
            "kill" to false,
        ) + changes
        return SmallRelease(seal(RELEASE_TYPE, metadata, keys), mapOf(digest(bytes) to bytes, digest(vectors) to vectors))
    }
}

/** A release with its artifacts, by digest. */
class SmallRelease(val envelope: Map<String, Any?>, val artifacts: Map<String, ByteArray>)

/** A console with a release, some roots and artifacts on offer. */
fun console(release: SmallRelease?, roots: List<Any?> = emptyList()): (NetworkRequest) -> NetworkResponse? = { request ->
    val name = request.url.substringAfterLast('/')
    when {
        request.url == "http://console/v1/root" -> respond(200, roots)
        request.url == "http://console/v1/releases/activity/stable" && release != null -> respond(200, release.envelope)
        release?.artifacts?.containsKey(name) == true -> respond(200, release.artifacts.getValue(name))
        else -> respond(404, emptyMap<String, Any>())
    }
}
