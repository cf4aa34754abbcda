package dev.tideline.release

import dev.tideline.ClientLimits
import dev.tideline.CrashPoint
import dev.tideline.Environment
import dev.tideline.ErrorCode
import dev.tideline.Prediction
import dev.tideline.Signing
import dev.tideline.SigningKey
import dev.tideline.SmallApp
import dev.tideline.TidelineClient
import dev.tideline.UpdateOutcome.Result
import dev.tideline.Vectors
import dev.tideline.World
import dev.tideline.at
import dev.tideline.console
import dev.tideline.json.jsonBytes
import dev.tideline.jvm.SystemVerify
import dev.tideline.respond
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class UpdateTest {
    private val world = World()
    private val window = FloatArray(24).also { it[0] = 1f }

    private fun open(): TidelineClient = world.open().also { it.setConsent(SmallApp.consent) }

    private fun TidelineClient.answer(): Prediction = predict(window, "s", 0)

    private fun assertKept(code: ErrorCode, client: TidelineClient, version: Long) {
        val outcome = client.update()
        assertEquals(Result.KEPT to code, outcome.result to outcome.code)
        assertEquals(version, outcome.version)
        assertEquals(Prediction.Source.DEVICE, client.answer().source)
    }

    @Test
    fun `a release is taken, answers, and is there after a restart without a network`() {
        world.answer = console(Signing.release(1))
        val client = open()
        assertEquals("device:NOT_FOUND,last:NOT_FOUND", client.answer().reason)
        assertEquals(Result.ACTIVATED, client.update().result)
        assertEquals(Result.CURRENT, client.update().result)
        world.answer = { null }
        val next = open()
        assertEquals(listOf(0.5, 0.5), next.answer().probabilities)
        assertEquals(Result.OFFLINE, next.update().result)
        assertEquals("cpu/onnx", next.diagnostics().releases.getValue("activity").runtime)
        assertEquals(listOf("cpu/onnx 1.2.3"), next.diagnostics().runtimes)
    }

    @Test
    fun `attacks keep the last good model`() {
        val client = open()
        val good = Signing.release(5, gain = 0.25)
        world.answer = console(good)
        client.update()
        world.answer = console(Signing.release(4))
        assertKept(ErrorCode.RELEASE_ROLLBACK, client, 5)
        world.answer = console(Signing.release(6, keys = listOf(Signing.otherKey)))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, client, 5)
        world.answer = console(Signing.release(6, keys = listOf(Signing.rootKey)))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, client, 5)
        world.answer = console(Signing.release(6, keys = emptyList()))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, client, 5)
        val tampered = good.envelope.toMutableMap()
        tampered["payload"] = (tampered["payload"] as String).let { it.dropLast(8) + "AAAAAAA=" }
        world.answer = console(SmallReleases.with(good, tampered))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, client, 5)
        world.answer = console(Signing.release(6, changes = mapOf("expires" to world.now)))
        assertKept(ErrorCode.RELEASE_EXPIRED, client, 5)
        world.answer = console(Signing.release(6, changes = mapOf("channel" to "beta")))
        assertKept(ErrorCode.RELEASE_MALFORMED, client, 5)
        world.answer = console(Signing.release(6, changes = mapOf("app" to "other")))
        assertKept(ErrorCode.RELEASE_MALFORMED, client, 5)
        world.answer = { request -> if (request.url.endsWith("stable")) respond(200, "<html>".toByteArray()) else console(good)(request) }
        assertKept(ErrorCode.RELEASE_MALFORMED, client, 5)
        for (garbage in listOf<Any?>(null, emptyList<Any>(), mapOf("payload" to 1), mapOf("payloadType" to "x", "payload" to "!", "signatures" to emptyList<Any>()))) {
            world.answer = console(SmallReleases.with(good, garbage))
            assertKept(ErrorCode.RELEASE_MALFORMED, client, 5)
        }
    }

    @Test
    fun `a variant with answers of its own is held to these`() {
        val client = open()
        world.answer = console(Signing.release(1, gain = 0.25, tested = 0.9, own = 0.28))
        assertEquals(Result.ACTIVATED, client.update().result)
        world.answer = console(Signing.release(2, gain = 0.5, tested = 0.5, own = 0.6))
        assertKept(ErrorCode.SELF_TEST_FAILED, client, 1)
    }

    @Test
    fun `artifacts are the ones that the manifest names`() {
        val client = open()
        val good = Signing.release(1)
        world.answer = console(good)
        client.update()
        val next = Signing.release(2, gain = 0.25)
        world.answer = { request ->
            if ("artifacts" in request.url && !request.url.endsWith("stable")) respond(200, "other".toByteArray()) else console(next)(request)
        }
        assertKept(ErrorCode.ARTIFACT_CORRUPT, client, 1)
        val endless = mapOf("sha256" to "a".repeat(64), "bytes" to 1e12, "format" to "onnx", "opset" to 18)
        world.answer = console(Signing.release(3, changes = mapOf("variants" to listOf(endless))))
        assertKept(ErrorCode.ARTIFACT_CORRUPT, client, 1)
        val stored = world.storage.files.keys.single { it.startsWith("artifact-activity-" + Signing.digest("gain 0.5".toByteArray())) }
        world.storage.files[stored] = "gain 0.9".toByteArray()
        val damaged = open()
        assertEquals("device:ARTIFACT_CORRUPT,last:NOT_FOUND", damaged.answer().reason)
    }

    @Test
    fun `what the phone lacks is refused`() {
        val client = open()
        world.answer = console(Signing.release(1))
        client.update()
        fun requires(vararg changes: Pair<String, Any>) {
            val base = mapOf("sdk" to "0.1.0", "schema" to mapOf("motion" to 1), "runtime" to listOf("onnx"), "opset" to 18)
            world.answer = console(Signing.release(2, changes = mapOf("requires" to base + changes)))
            assertKept(ErrorCode.RELEASE_REQUIRES, client, 1)
        }
        requires("sdk" to "0.2.0")
        requires("sdk" to "1")
        requires("sdk" to "x")
        requires("schema" to mapOf("motion" to 2))
        requires("schema" to mapOf("dance" to 1))
        requires("runtime" to listOf("coreml"))
        requires("opset" to 19)
        requires("levels" to mapOf("onnx" to 19))
        val model = mapOf("name" to "activity", "labels" to listOf("still", "running"), "window" to SmallApp.window, "input" to "i", "output" to "o")
        world.answer = console(Signing.release(2, changes = mapOf("model" to model)))
        assertKept(ErrorCode.RELEASE_REQUIRES, client, 1)
    }

    @Test
    fun `a failed self-test is tried twice, then never again`() {
        val client = open()
        world.answer = console(Signing.release(1))
        client.update()
        world.answer = console(Signing.release(2, gain = 0.25, tested = 0.5))
        repeat(3) { assertKept(ErrorCode.SELF_TEST_FAILED, client, 1) }
        val file = Signing.digest("gain 0.25".toByteArray()).take(8)
        assertEquals(listOf("2/cpu/onnx/1.2.3/$file"), client.diagnostics().releases.getValue("activity").skipped)
    }

    @Test
    fun `a model that ends the process twice is not loaded a third time`() {
        world.answer = console(Signing.release(1))
        open().update()
        world.answer = console(Signing.release(2, gain = 0.25))
        var loads = 0
        world.crashPoint = { if (it == CrashPoint.LOAD_BEFORE && ++loads > 0) throw Killed() }
        repeat(2) { assertThrows(Throwable::class.java) { open().update() } }
        world.crashPoint = null
        val client = open()
        assertTrue(client.diagnostics().releases.getValue("activity").skipped.isNotEmpty())
        client.close()
    }

    @Test
    fun `a kill switch reaches phones that could not run the release, and is remembered`() {
        val client = open()
        world.answer = console(Signing.release(1))
        client.update()
        val requires = mapOf("sdk" to "9.0.0", "schema" to emptyMap<String, Any>(), "runtime" to listOf("coreml"), "opset" to 99)
        world.answer = console(Signing.release(2, changes = mapOf("kill" to true, "requires" to requires)))
        assertEquals(Result.KILLED, client.update().result)
        assertEquals("RELEASE_KILLED", client.answer().reason)
        world.answer = { null }
        assertEquals("RELEASE_KILLED", open().answer().reason)
        world.answer = console(Signing.release(1))
        assertEquals(ErrorCode.RELEASE_ROLLBACK, open().update().code)
        world.answer = console(Signing.release(3))
        assertEquals(Result.ACTIVATED, open().update().result)
    }

    @Test
    fun `roots rotate one by one, signed by the old and by themselves`() {
        val newRoot = SigningKey(7)
        val newRelease = SigningKey(8)
        val second = Signing.rootJson(mapOf("version" to 2), listOf(newRoot, newRelease), newRoot, newRelease)
        val client = open()
        fun offer(root: Map<String, Any?>) {
            world.answer = console(Signing.release(2, keys = listOf(newRelease)), listOf(root))
        }
        world.answer = console(Signing.release(1))
        client.update()
        offer(Signing.sealRoot(second, newRoot))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, client, 1)
        offer(Signing.sealRoot(second, Signing.rootKey))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, client, 1)
        offer(Signing.sealRoot(second + ("version" to 3), Signing.rootKey, newRoot))
        assertKept(ErrorCode.RELEASE_MALFORMED, client, 1)
        offer(Signing.sealRoot(second, Signing.rootKey, newRoot))
        assertEquals(Result.ACTIVATED, client.update().result)
        world.answer = { null }
        val next = open()
        assertEquals(2, next.diagnostics().releases.getValue("activity").version)
        world.answer = console(Signing.release(3, keys = listOf(Signing.releaseKey)))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, next, 2)
    }

    @Test
    fun `one key under two ids is one signer, and a threshold of none is refused`() {
        val twice = Signing.rootJson().toMutableMap()
        val key = mapOf("scheme" to "ed25519", "public" to dev.tideline.base64(Signing.releaseKey.public))
        twice["keys"] = (twice["keys"] as Map<*, *>) + ("other" to key)
        fun roles(threshold: Int) = mapOf(
            "root" to mapOf("keys" to listOf(Signing.rootKey.id), "threshold" to 1),
            "release" to mapOf("keys" to listOf(Signing.releaseKey.id, "other"), "threshold" to threshold),
        )
        val envelope = Signing.release(1).envelope.toMutableMap()
        val signature = (envelope["signatures"] as List<*>).single()
        envelope["signatures"] = listOf(signature, mapOf("keyid" to "other", "sig" to signature.at("sig")))
        for (threshold in listOf(2, 0)) {
            twice["roles"] = roles(threshold)
            val root = RootMetadata.parse(jsonBytes(twice))
            val opened = runCatching { Envelope.read(envelope).open(RELEASE_TYPE, root.release, root.keys, SystemVerify) }
            assertEquals(ErrorCode.RELEASE_SIGNATURE_INVALID, (opened.exceptionOrNull() as dev.tideline.TidelineException).code)
        }
    }

    @Test
    fun `development keys are for development, and an expired root takes nothing`() {
        world.answer = console(Signing.release(1))
        val root = Signing.root(mapOf("development" to true))
        assertEquals(ErrorCode.RELEASE_DEVELOPMENT_KEY, world.open(root = root).update().code)
        assertEquals(Result.ACTIVATED, world.open(root = root, environment = Environment.DEVELOPMENT).update().result)
        assertEquals(ErrorCode.RELEASE_EXPIRED, World().also { it.answer = world.answer }.open(root = Signing.root(mapOf("expires" to 1))).update().code)
    }

    @Test
    fun `the release of the first version is still trusted`() {
        val chain = Vectors.json("compat/v1/folder/keys/root.json").at("chain", 0)
        val root = RootMetadata.parse(checkNotNull(dev.tideline.fromBase64(chain.at("payload") as String)))
        val expected = Vectors.json("compat/v1/expected.json")
        val now = (expected.at("now") as Double).toLong() + 1000
        val capabilities = Capabilities("0.1.0", mapOf("motion" to 1), mapOf("onnx" to 18))
        val context = ReleaseContext(root, "compat", "stable", now, 1, Environment.DEVELOPMENT, capabilities)
        val envelope = Envelope.read(Vectors.json("compat/v1/release.json"))
        assertEquals(expected.at("release", "id"), verifyRelease(envelope, context, SystemVerify).id)
        assertEquals(root.version, RootMetadata.follow(root, listOf(Envelope.read(chain)), SystemVerify).version)
    }

    @Test
    fun `an update that is interrupted at any point is finished by a later one`() {
        for (point in listOf(CrashPoint.ACCEPT_BEFORE, CrashPoint.ACCEPT_AFTER, CrashPoint.LOAD_BEFORE, CrashPoint.ACTIVATE_BEFORE, CrashPoint.ACTIVATE_AFTER)) {
            val world = World()
            world.answer = console(Signing.release(1))
            world.open().update()
            world.answer = console(Signing.release(2, gain = 0.25))
            world.crashPoint = { if (it == point) throw Killed() }
            assertThrows(Throwable::class.java) { world.open().update() }
            world.crashPoint = null
            val client = world.open(ClientLimits())
            client.update()
            assertEquals(2, client.diagnostics().releases.getValue("activity").version, point.name)
        }
    }

    @Test
    fun `a version that only stolen keys announced binds nobody after the rotation`() {
        val client = open()
        world.answer = console(Signing.release(Int.MAX_VALUE))
        client.update()
        val newRelease = SigningKey(8)
        val second = Signing.rootJson(mapOf("version" to 2), listOf(Signing.rootKey, newRelease), Signing.rootKey, newRelease)
        world.answer = console(Signing.release(2, gain = 0.25, keys = listOf(newRelease)), listOf(Signing.sealRoot(second, Signing.rootKey)))
        assertEquals(Result.ACTIVATED, client.update().result)
        world.answer = console(Signing.release(1, keys = listOf(newRelease)), listOf(Signing.sealRoot(second, Signing.rootKey)))
        assertKept(ErrorCode.RELEASE_ROLLBACK, client, 2)
    }

    @Test
    fun `what was taken once survives a rotation of the keys that signed it`() {
        val client = open()
        world.answer = console(Signing.release(1))
        client.update()
        val newRelease = SigningKey(8)
        val second = Signing.rootJson(mapOf("version" to 2), listOf(Signing.rootKey, newRelease), Signing.rootKey, newRelease)
        world.answer = console(Signing.release(1), listOf(Signing.sealRoot(second, Signing.rootKey)))
        assertKept(ErrorCode.RELEASE_SIGNATURE_INVALID, client, 1)
        world.answer = { null }
        assertEquals(Prediction.Source.DEVICE, open().answer().source)
    }

    @Test
    fun `a bundled release answers from the first start, until a newer one is taken`() {
        val release = Signing.release(3, gain = 0.25)
        fun bundle(of: dev.tideline.SmallRelease) = listOf(dev.tideline.BundledRelease(jsonBytes(of.envelope)) { of.artifacts[it] })
        val client = world.open(bundled = bundle(release)).also { it.setConsent(SmallApp.consent) }
        assertEquals(listOf(0.75, 0.25), client.answer().probabilities)
        assertTrue(world.requests.isEmpty())
        world.answer = console(Signing.release(2))
        assertKept(ErrorCode.RELEASE_ROLLBACK, client, 3)
        world.answer = console(Signing.release(4))
        client.update()
        world.answer = { null }
        assertEquals(listOf(0.5, 0.5), world.open(bundled = bundle(release)).answer().probabilities)
        val forged = Signing.release(9, keys = listOf(Signing.otherKey))
        assertEquals(listOf(0.5, 0.5), world.open(bundled = bundle(forged)).answer().probabilities)
    }

    @Test
    fun `of several runtimes the fastest that passes is asked, and the next where it fails`() {
        val table = mapOf("sha256" to Signing.digest("gain 0.5".toByteArray()), "bytes" to 8, "format" to "table", "version" to 1)
        val onnx = table - "version" + ("format" to "onnx") + ("opset" to 18)
        val requires = mapOf("sdk" to "0.1.0", "schema" to mapOf("motion" to 1), "runtime" to listOf("onnx", "table"), "opset" to 18, "levels" to mapOf("table" to 1))
        val release = Signing.release(1, changes = mapOf("variants" to listOf(table, onnx), "requires" to requires))
        world.answer = console(release)
        var fails = false
        val failing = object : dev.tideline.ModelRuntime by dev.tideline.GainRuntime {
            override val tier = dev.tideline.ModelRuntime.Tier.ACCELERATOR

            override fun load(bytes: ByteArray, input: String, output: String): dev.tideline.LoadedModel {
                val model = dev.tideline.GainRuntime.load(bytes, input, output)
                return object : dev.tideline.LoadedModel by model {
                    override fun run(window: FloatArray, dims: IntArray) =
                        if (fails) throw IllegalStateException("gone") else model.run(window, dims)
                }
            }
        }
        val slow = object : dev.tideline.ModelRuntime by dev.tideline.GainRuntime {
            override val name = "table"
            override val level = 1

            override fun load(bytes: ByteArray, input: String, output: String): dev.tideline.LoadedModel {
                val model = dev.tideline.GainRuntime.load(bytes, input, output)
                return object : dev.tideline.LoadedModel by model {
                    override fun run(window: FloatArray, dims: IntArray) = model.run(window, dims).also { world.now += 5 }
                }
            }
        }
        val client = world.open(runtimes = listOf(slow, failing)).also { it.setConsent(SmallApp.consent) }
        client.update()
        assertEquals("accelerator/onnx", client.answer().runtime)
        fails = true
        val answer = client.answer()
        assertEquals("cpu/table" to "accelerator/onnx:RUNTIME_UNSUPPORTED", answer.runtime to answer.reason)
        assertEquals(setOf(0.0, 5.0), client.diagnostics().releases.getValue("activity").times.values.toSet())
    }

    /** A share that a phone is within, or is not, by a hair; the phone has drawn before. */
    private fun shareOf(isIn: Boolean): Double {
        val draw = "0123456789abcdef"
        world.storage.files["release-activity-stable.json"] = jsonBytes(ReleaseState(draw = draw).toJson())
        val hash = java.security.MessageDigest.getInstance("SHA-256").digest("salt:$draw".toByteArray())
        val bucket = java.nio.ByteBuffer.wrap(hash).int.toLong() and 0xffffffffL
        return (if (isIn) bucket + 1 else bucket) / 4294967296.0
    }

    private fun staged(version: Int, gain: Double, share: Double, otherwise: Map<String, Any?>? = null) = Signing.release(
        version, gain,
        changes = mapOf("rollout" to mapOf("share" to share, "salt" to "salt") + if (otherwise == null) emptyMap() else mapOf("otherwise" to otherwise)),
    )

    @Test
    fun `a release for a share of the phones is taken within it, and leaves the others what they have or brings the one before`() {
        val first = Signing.release(1)
        world.answer = console(first)
        val inside = shareOf(true)
        val outside = shareOf(false)
        val client = open()
        fun outcome() = client.update().let { Triple(it.result, it.version, it.code) }
        world.answer = console(staged(2, 0.25, outside))
        assertEquals(Triple(Result.HELD_BACK, 0L, ErrorCode.RELEASE_HELD_BACK), outcome())
        assertEquals("device:RELEASE_HELD_BACK,last:NOT_FOUND", client.answer().reason)
        val both = staged(3, 0.25, outside, first.envelope)
        world.answer = console(dev.tideline.SmallRelease(both.envelope, both.artifacts + first.artifacts))
        assertEquals(Triple(Result.ACTIVATED, 1L, ErrorCode.RELEASE_HELD_BACK), outcome())
        assertEquals(Triple(Result.HELD_BACK, 1L, ErrorCode.RELEASE_HELD_BACK), outcome())
        assertEquals(listOf(0.5, 0.5), client.answer().probabilities)
        world.answer = console(Signing.release(2))
        assertKept(ErrorCode.RELEASE_ROLLBACK, client, 1)
        world.answer = console(staged(4, 0.25, inside))
        assertEquals(Triple(Result.ACTIVATED, 4L, null), outcome())
        world.answer = console(Signing.release(5, changes = mapOf("kill" to true, "rollout" to mapOf("share" to outside, "salt" to "salt"))))
        assertEquals(Result.KILLED, outcome().first)
        world.answer = console(staged(6, 0.25, outside, first.envelope))
        assertEquals(Result.HELD_BACK, outcome().first)
        assertEquals("RELEASE_KILLED", client.answer().reason)
    }

    @Test
    fun `the release before is taken only where it is for every phone, and is not looked at where it runs`() {
        val outside = shareOf(false)
        val client = open()
        fun outcome(vararg changes: Pair<String, Any?>): Triple<Result, Long, ErrorCode?> {
            val former = Signing.release(4, changes = mapOf(*changes))
            val offer = staged(5, 0.25, outside, former.envelope)
            world.answer = console(dev.tideline.SmallRelease(offer.envelope, offer.artifacts + former.artifacts))
            return client.update().let { Triple(it.result, it.version, it.code) }
        }
        val heldBack = Triple(Result.HELD_BACK, 0L, ErrorCode.RELEASE_HELD_BACK)
        assertEquals(heldBack, outcome("kill" to true))
        assertEquals(heldBack, outcome("rollout" to mapOf("share" to 1, "salt" to "salt")))
        assertEquals(Triple(Result.KEPT, 0L, ErrorCode.RELEASE_EXPIRED), outcome("expires" to 1))
        assertEquals(Triple(Result.ACTIVATED, 4L, ErrorCode.RELEASE_HELD_BACK), outcome())
        assertEquals(Triple(Result.HELD_BACK, 4L, ErrorCode.RELEASE_HELD_BACK), outcome("expires" to 1))
    }

    @Test
    fun `a roll-out that is none is refused, and switches off all the same`() {
        for (rollout in listOf(mapOf("share" to "1", "salt" to "s"), mapOf("share" to 1), mapOf("salt" to "s"), "1")) {
            val phone = World()
            phone.answer = console(Signing.release(1, changes = mapOf("rollout" to rollout)))
            val client = phone.open()
            assertEquals(Result.KEPT to ErrorCode.RELEASE_MALFORMED, client.update().run { result to code })
            phone.answer = console(Signing.release(1, changes = mapOf("rollout" to rollout, "kill" to true)))
            assertEquals(Result.KILLED, client.update().result)
        }
    }

    @Test
    fun `a phone draws once, a child's too, whose install is new at each start, and nobody learns the number`() {
        val versions = (0 until 12).map { number ->
            val phone = World()
            phone.ports().random.bytes(1 + number)
            phone.answer = console(staged(1, 0.5, 0.5))
            val installs = HashSet<String>()
            val taken = (0 until 5).map {
                val client = phone.open(restrict = dev.tideline.Restriction(minor = true))
                client.update()
                installs.add(client.diagnostics().install)
                client.diagnostics().releases.getValue("activity").version
            }
            assertEquals(5, installs.size)
            assertEquals(1, taken.toSet().size)
            val file = String(phone.storage.files.getValue("release-activity-stable.json"))
            val draw = checkNotNull(Regex("\"draw\":\"([0-9a-f]{16})\"").find(file)).groupValues[1]
            assertTrue(phone.requests.none { draw in it.url || draw in it.headers.toString() })
            taken.first()
        }
        assertEquals(setOf(0L, 1L), versions.toSet())
    }

    /** A runtime of another tier and name whose answers a test changes. */
    private fun tier(of: dev.tideline.ModelRuntime.Tier, format: String, change: (FloatArray) -> FloatArray) =
        object : dev.tideline.ModelRuntime by dev.tideline.GainRuntime {
            override val name = format
            override val level = if (format == "onnx") 18 else 1
            override val tier = of

            override fun load(bytes: ByteArray, input: String, output: String): dev.tideline.LoadedModel {
                val model = dev.tideline.GainRuntime.load(bytes, input, output)
                return object : dev.tideline.LoadedModel by model {
                    override fun run(window: FloatArray, dims: IntArray) = change(model.run(window, dims))
                }
            }
        }

    @Test
    fun `a reason names what stands before the answer, each with its own code, and nothing behind it`() {
        val table = mapOf("sha256" to Signing.digest("gain 0.5".toByteArray()), "bytes" to 8, "format" to "table", "version" to 1)
        val onnx = table - "version" + ("format" to "onnx") + ("opset" to 18)
        val requires = mapOf("sdk" to "0.1.0", "schema" to mapOf("motion" to 1), "runtime" to listOf("onnx", "table"), "opset" to 18, "levels" to mapOf("table" to 1))
        world.answer = console(Signing.release(1, changes = mapOf("variants" to listOf(table, onnx), "requires" to requires)))
        val tiers = dev.tideline.ModelRuntime.Tier.entries
        val wrong: (FloatArray) -> FloatArray = { answer -> answer.map { it * 0.9f }.toFloatArray() }
        var fails = false
        val failing: (FloatArray) -> FloatArray = { if (fails) throw IllegalStateException("gone") else it }
        val first = world.open(runtimes = listOf(tier(tiers[0], "onnx", wrong), tier(tiers[1], "onnx", failing), tier(tiers[2], "table", wrong)))
        first.setConsent(SmallApp.consent)
        first.update()
        assertEquals("cpu/onnx" to "accelerator/onnx:SELF_TEST_FAILED", first.answer().run { runtime to reason })
        fails = true
        val all = "accelerator/onnx:SELF_TEST_FAILED,cpu/onnx:RUNTIME_UNSUPPORTED,portable/table:SELF_TEST_FAILED,last:NOT_FOUND"
        assertEquals(all, first.predict(window, "another", 0).reason)
    }

    @Test
    fun `a runtime that ended the app is said to have crashed`() {
        val table = mapOf("sha256" to Signing.digest("gain 0.5".toByteArray()), "bytes" to 8, "format" to "table", "version" to 1)
        val onnx = table - "version" + ("format" to "onnx") + ("opset" to 18)
        val requires = mapOf("sdk" to "0.1.0", "schema" to mapOf("motion" to 1), "runtime" to listOf("onnx", "table"), "opset" to 18, "levels" to mapOf("table" to 1))
        world.answer = console(Signing.release(1, changes = mapOf("variants" to listOf(table, onnx), "requires" to requires)))
        val tiers = dev.tideline.ModelRuntime.Tier.entries
        val runtimes = listOf(tier(tiers[0], "onnx") { it }, tier(tiers[2], "table") { it })
        world.crashPoint = { if (it == CrashPoint.LOAD_BEFORE) throw Killed() }
        assertThrows(Killed::class.java) { world.open(runtimes = runtimes).update() }
        world.crashPoint = null
        val client = world.open(runtimes = runtimes).also { it.setConsent(SmallApp.consent) }
        client.update()
        assertEquals("portable/table" to "accelerator/onnx:RUNTIME_CRASHED", client.answer().run { runtime to reason })
    }

    private class Killed : Error()
}

/** Releases with another manifest. */
object SmallReleases {
    fun with(release: dev.tideline.SmallRelease, envelope: Any?): dev.tideline.SmallRelease {
        @Suppress("UNCHECKED_CAST")
        val map = envelope as? Map<String, Any?> ?: mapOf("not" to envelope)
        return dev.tideline.SmallRelease(map, release.artifacts)
    }
}
