package dev.tideline.release

import dev.tideline.Environment
import dev.tideline.Signing
import dev.tideline.TidelineException
import dev.tideline.Vectors
import dev.tideline.at
import dev.tideline.fromBase64
import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException
import dev.tideline.json.canonicalJson
import dev.tideline.json.jsonText
import dev.tideline.jvm.SystemVerify
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ManifestVectorTest {
    @Test
    fun `documents are read as the other clients read them`() {
        val documents = Vectors.json("release/json.json").at("documents") as List<*>
        assertTrue(documents.size > 50)
        for (document in documents) {
            val bytes = (document.at("text") as String?)?.toByteArray() ?: checkNotNull(fromBase64(document.at("base64") as String))
            val found = try {
                canonicalJson(JsonReader.read(bytes))
            } catch (_: JsonSyntaxException) {
                null
            }
            assertEquals(document.at("value"), found, "${document.at("name")}")
        }
    }

    @Suppress("UNCHECKED_CAST")
    private fun put(value: Any?, path: List<String>): Map<String, Any?> = (value as Map<String, Any?>).let { members ->
        members + (path[0] to if (path.size == 1) "\u2603" else put(members[path[0]], path.drop(1)))
    }

    @Test
    fun `manifests are taken or refused as the other clients do`() {
        val manifests = Vectors.json("release/manifest.json").at("manifests") as List<*>
        assertTrue(manifests.size > 20)
        val whole = JsonReader.read(checkNotNull(fromBase64(Signing.release(3).envelope.getValue("payload") as String)))
        val has = Capabilities("0.1.0", mapOf("motion" to 1), mapOf("onnx" to 18))
        val context = ReleaseContext(Signing.root(), "small", "stable", Signing.NOW, 0, Environment.PRODUCTION, has)
        for (manifest in manifests) {
            @Suppress("UNCHECKED_CAST")
            val payload = jsonText(put(whole, manifest.at("member") as List<String>)).replace("\"\u2603\"", manifest.at("text") as String)
            val envelope = Envelope.read(Signing.seal(RELEASE_TYPE, payload.toByteArray(), listOf(Signing.releaseKey)))
            val isTaken = try {
                verifyRelease(envelope, context, SystemVerify)
                true
            } catch (_: TidelineException) {
                false
            }
            assertEquals(manifest.at("taken"), isTaken, "${manifest.at("name")}")
        }
    }

    @Test
    fun `of many signatures the first 32 are looked at`() {
        val has = Capabilities("0.1.0", mapOf("motion" to 1), mapOf("onnx" to 18))
        val context = ReleaseContext(Signing.root(), "small", "stable", Signing.NOW, 0, Environment.PRODUCTION, has)
        val good = Signing.release(3).envelope
        val signature = (good["signatures"] as List<*>).single()
        for ((strangers, isTaken) in listOf(31 to true, 32 to false)) {
            val others = List(strangers) { mapOf("keyid" to "other", "sig" to signature.at("sig")) }
            val envelope = Envelope.read(good + ("signatures" to others + signature))
            val attempt = runCatching { verifyRelease(envelope, context, SystemVerify) }
            assertEquals(isTaken, attempt.isSuccess, "$strangers")
        }
    }
}
