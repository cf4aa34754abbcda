package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.GainRuntime
import dev.tideline.LoadedModel
import dev.tideline.ModelRuntime
import dev.tideline.ModelRuntime.Tier
import dev.tideline.Prediction
import dev.tideline.ReleaseStatus
import dev.tideline.Signing
import dev.tideline.SmallApp
import dev.tideline.SmallRelease
import dev.tideline.TidelineClient
import dev.tideline.UpdateOutcome.Result
import dev.tideline.Vectors
import dev.tideline.World
import dev.tideline.at
import dev.tideline.console
import dev.tideline.long
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class VariantTest {
    private val world = World()
    private val window = FloatArray(24).also { it[0] = 0.8f }

    /** Files of a release, from the smallest to the largest; the self-test agrees with the last two. */
    private val files = listOf("gain 0.2", "gain 0.5 ", "gain 0.5  ").map { it.toByteArray() }
    private val digests = files.map(Signing::digest)

    // A manifest has no order by size.
    private val variants = files.reversed().map {
        mapOf("sha256" to Signing.digest(it), "bytes" to it.size, "format" to "onnx", "opset" to 18)
    }
    private val offer = Signing.release(1, changes = mapOf("variants" to variants)).let {
        console(SmallRelease(it.envelope, it.artifacts + digests.zip(files)))
    }

    private fun key(size: Int, tier: Tier) = "1/${tier.name.lowercase()}/onnx/1.2.3/${digests[size].take(8)}"

    /** Sizes of the model's files that were asked for, in order. */
    private fun asked(): List<Int> =
        world.requests.map { request -> digests.indexOfFirst { request.url.endsWith(it) } }.filter { it >= 0 }

    private class Killed : Error()

    /** A runtime that ends the app at some files, or answers to the smallest as the self-test wants. */
    private fun runtime(of: Tier, isHonest: Boolean = false, isDeadly: (Int) -> Boolean = { false }) =
        object : ModelRuntime by GainRuntime {
            override val tier = of

            override fun load(bytes: ByteArray, input: String, output: String): LoadedModel {
                val size = files.indexOfFirst { it.contentEquals(bytes) }
                if (isDeadly(size)) throw Killed()
                val model = GainRuntime.load(bytes, input, output)
                if (!isHonest || size > 0) return model
                return object : LoadedModel by model {
                    override fun run(window: FloatArray, dims: IntArray) =
                        (model.run(window, dims)[1] * 2.5f).let { floatArrayOf(1 - it, it) }
                }
            }
        }

    private fun open(vararg runtimes: ModelRuntime): TidelineClient =
        world.open(runtimes = runtimes.toList()).also { it.setConsent(SmallApp.consent) }

    private fun TidelineClient.ask(): Prediction = predict(window, "s", 0)

    private fun TidelineClient.status(): ReleaseStatus = diagnostics().releases.getValue("activity")

    @Test
    fun `where the smallest file fails its self-test the next larger one runs there, before another runtime does`() {
        world.answer = offer
        val slow = object : ModelRuntime by runtime(Tier.CPU, isHonest = true) {
            override fun load(bytes: ByteArray, input: String, output: String) =
                runtime(Tier.CPU, isHonest = true).load(bytes, input, output).also { world.now += 5 }
        }
        val runtimes = arrayOf(runtime(Tier.ACCELERATOR), slow)
        val client = open(*runtimes)
        assertEquals(Result.ACTIVATED, client.update().result)
        val told = "accelerator/onnx" to "accelerator/onnx:SELF_TEST_FAILED"
        assertEquals(told, client.ask().run { runtime to reason })
        assertEquals(setOf(key(1, Tier.ACCELERATOR), key(0, Tier.CPU)), client.status().times.keys)
        // Each once, and none that is not needed.
        assertEquals(listOf(0, 1), asked())
        assertEquals(Result.CURRENT, client.update().result)
        world.answer = { null }
        assertEquals(told, open(*runtimes).ask().run { runtime to reason })
        assertEquals(listOf(0, 1), asked())
    }

    @Test
    fun `what fails on every runtime is not kept on the phone`() {
        world.answer = offer
        val client = open(runtime(Tier.ACCELERATOR), runtime(Tier.CPU))
        client.update()
        assertEquals("accelerator/onnx", client.ask().runtime)
        assertEquals(listOf(digests[1]), digests.filter { "artifact-activity-$it" in world.storage.files })
    }

    @Test
    fun `while the larger file cannot be had the update waits, and one that is not there leaves the next`() {
        world.answer = { if (it.url.endsWith(digests[1])) null else offer(it) }
        val client = open(runtime(Tier.CPU))
        assertEquals(Result.OFFLINE, client.update().result)
        world.answer = { if (it.url.endsWith(digests[1])) dev.tideline.respond(404, emptyMap<String, Any>()) else offer(it) }
        assertEquals(Result.ACTIVATED, client.update().result)
        val reason = "cpu/onnx:SELF_TEST_FAILED,cpu/onnx:ARTIFACT_CORRUPT"
        assertEquals("cpu/onnx" to reason, client.ask().run { runtime to reason })
        assertEquals(setOf(key(2, Tier.CPU)), client.status().times.keys)
    }

    @Test
    fun `a file that ends the app gives way to the next larger one`() {
        world.answer = offer
        val deadly = runtime(Tier.ACCELERATOR) { it < 2 }
        repeat(2) { assertThrows(Killed::class.java) { open(deadly).update() } }
        val client = open(deadly)
        assertEquals(Result.ACTIVATED, client.update().result)
        val crashed = "accelerator/onnx:RUNTIME_CRASHED"
        assertEquals("accelerator/onnx" to "$crashed,$crashed", client.ask().run { runtime to reason })
        assertEquals(setOf(key(2, Tier.ACCELERATOR)), client.status().times.keys)
        assertEquals(listOf(0, 1, 2), asked())
    }

    @Test
    fun `a release ends the app a few times on a runtime, not twice for each file`() {
        world.answer = offer
        val deadly = runtime(Tier.CPU) { true }
        repeat(MOST_CRASHES) { assertThrows(Killed::class.java) { open(deadly).update() } }
        assertEquals(Result.KEPT to ErrorCode.SELF_TEST_FAILED, open(deadly).update().run { result to code })
        assertEquals(listOf(0, 1, 2), asked())
    }

    @Test
    fun `where the next file ends the app, the one that failed before it is not blamed`() {
        world.answer = offer
        val deadly = runtime(Tier.CPU) { it == 1 }
        assertThrows(Killed::class.java) { open(deadly).update() }
        val client = open(deadly)
        assertEquals(Result.ACTIVATED, client.update().result)
        assertEquals("cpu/onnx:SELF_TEST_FAILED,cpu/onnx:RUNTIME_CRASHED", client.ask().reason)
    }

    @Test
    fun `a file that worked once and is not tried again gives way, while another runtime answers`() {
        world.answer = offer
        val runtimes = arrayOf(runtime(Tier.ACCELERATOR, isHonest = true), runtime(Tier.CPU, isHonest = true))
        open(*runtimes).update()
        val file = "release-activity-stable.json"
        val state = String(world.storage.files.getValue(file))
        val skipped = state.replace("\"skipped\":[]", "\"skipped\":[\"${key(0, Tier.ACCELERATOR)}\"]")
        assertTrue(skipped != state)
        world.storage.files[file] = skipped.toByteArray()
        assertEquals(Result.CURRENT, open(*runtimes).update().result)
        assertEquals(listOf(0, 1), asked())
    }

    @Test
    fun `a file that cannot be had is asked for once in a look, however many runtimes take it`() {
        world.answer = { if (it.url.endsWith(digests[0])) dev.tideline.respond(404, emptyMap<String, Any>()) else offer(it) }
        assertEquals(Result.ACTIVATED, open(runtime(Tier.ACCELERATOR), runtime(Tier.CPU)).update().result)
        assertEquals(listOf(0, 1), asked())
    }

    @Test
    fun `a file that begins to end the app gives way at the next update, alone or beside another runtime`() {
        for (other in listOf(null, runtime(Tier.CPU, isHonest = true))) {
            val before = world.requests.size
            world.storage.files.clear()
            world.answer = offer
            var isDeadly = false
            val accelerator = runtime(Tier.ACCELERATOR, isHonest = true) { isDeadly && it == 0 }
            val runtimes = listOfNotNull(accelerator, other).toTypedArray()
            val first = open(*runtimes)
            assertEquals(Result.ACTIVATED, first.update().result)
            assertEquals("accelerator/onnx" to null, first.ask().run { runtime to reason })
            isDeadly = true
            repeat(if (other == null) 2 else 1) { assertThrows(Killed::class.java) { open(*runtimes) } }
            val client = open(*runtimes)
            assertEquals(if (other == null) null else "cpu/onnx", client.ask().runtime)
            assertEquals(if (other == null) Result.ACTIVATED else Result.CURRENT, client.update().result)
            assertTrue(key(1, Tier.ACCELERATOR) in client.status().times)
            client.update()
            val fetched = world.requests.drop(before).count { request -> digests.any { request.url.endsWith(it) } }
            assertEquals(2, fetched)
        }
    }

    @Test
    fun `names from before files stood in them are no names of anything, and harm nothing`() {
        world.answer = offer
        open(runtime(Tier.CPU, isHonest = true)).update()
        val file = "release-activity-stable.json"
        val old = String(world.storage.files.getValue(file)).replace("/${digests[0].take(8)}", "")
            .replace("\"attempts\":{}", "\"attempts\":{\"1/cpu/onnx/1.2.3\":1}")
            .replace("\"skipped\":[]", "\"skipped\":[\"1/cpu/onnx/1.2.3\"]")
        assertEquals(3, Regex("1/cpu/onnx/1.2.3\"").findAll(old).count())
        world.storage.files[file] = old.toByteArray()
        world.answer = { null }
        val again = open(runtime(Tier.CPU, isHonest = true))
        assertEquals("cpu/onnx" to null, again.ask().run { runtime to reason })
        world.answer = offer
        assertEquals(Result.CURRENT to null, again.update().run { result to code })
        assertEquals(listOf(0), asked())
    }

    @Test
    fun `candidates are those of the other clients, by the same names`() {
        val cases = Vectors.json("release/candidate.json").at("cases") as List<*>
        assertTrue(cases.size > 1)
        for (case in cases) {
            val runtimes = (case.at("runtimes") as List<*>).map {
                object : ModelRuntime by GainRuntime {
                    override val name = it.at("name") as String
                    override val tier = Tier.valueOf((it.at("tier") as String).uppercase())
                    override val version = it.at("version") as String
                    override val level = it.at("level").long().toInt()
                }
            }
            val variants = (case.at("variants") as List<*>).map {
                Variant(it.at("sha256") as String, it.at("bytes").long(), it.at("format") as String, (it.at("opset") ?: it.at("version")).long())
            }
            assertEquals(case.at("keys"), Candidate.of(case.at("version").long(), variants, runtimes).map { it.key }, "${case.at("name")}")
        }
    }
}
