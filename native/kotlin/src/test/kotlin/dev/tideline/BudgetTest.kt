package dev.tideline

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class BudgetTest {
    private val world = World().also { it.answer = ::acknowledge }

    private fun open(budget: BudgetLimits): TidelineClient =
        world.open(budget = budget).also { if (it.diagnostics().consent.isEmpty()) it.setConsent(SmallApp.consent) }

    private fun TidelineClient.tap(target: String) = checkNotNull(track("tap", mapOf("target" to target)))

    @Test
    fun `bytes of a day are bounded, over a restart too, and the next day sends the rest`() {
        val budget = BudgetLimits(uploadBytes = 2_000)
        val client = open(budget)
        repeat(20) { client.tap("t$it".padEnd(100, 'x')) }
        val first = client.flush()
        // The batch of twenty is larger than a day: it is halved until it fits.
        assertEquals(ErrorCode.BUDGET_SPENT, first.stopped)
        assertTrue(first.acknowledged in 1..19) { "${first.acknowledged}" }
        assertTrue(world.requests.sumOf { it.body!!.size } <= 2_000)
        val sent = world.requests.size
        assertEquals(false, client.diagnostics().uploads.stopped)
        val next = open(budget)
        assertEquals(ErrorCode.BUDGET_SPENT, next.flush().stopped)
        assertEquals(sent, world.requests.size)
        assertTrue(next.diagnostics().budget!!.held.getValue("uploadBytes") > 0)
        repeat(30) {
            world.now += 86_400_000
            next.flush()
        }
        assertEquals(0, next.diagnostics().events.pending)
        assertEquals(20L, next.diagnostics().events.acknowledged)
    }

    @Test
    fun `the radio is woken up so often in the background, and as often as the app likes in front`() {
        val client = open(BudgetLimits(wakeUps = 2))
        world.conditions = Conditions(null, null, foreground = false)
        val outcomes = List(4) {
            world.now += 60_000
            client.tap("t$it")
            client.flush().stopped
        }
        assertEquals(listOf(null, null, ErrorCode.BUDGET_SPENT, ErrorCode.BUDGET_SPENT), outcomes)
        assertEquals(2L, client.diagnostics().budget!!.spent["wakeUps"])
        world.conditions = Conditions(null, null, foreground = true)
        assertEquals(null, client.flush().stopped)
        assertEquals(0, client.diagnostics().events.pending)
    }

    @Test
    fun `a radio that is awake is not woken up`() {
        val client = open(BudgetLimits(wakeUps = 1))
        world.conditions = Conditions(null, null, foreground = false)
        repeat(5) {
            world.now += 9_000
            client.tap("t$it")
            assertEquals(null, client.flush().stopped)
        }
    }

    @Test
    fun `rules of network and charging hold events back, and a person's own requests never`() {
        val client = open(BudgetLimits(uploadBytes = 0, events = NetworkRule(unmetered = true, charging = true)))
        client.tap("a")
        world.conditions = Conditions(metered = true, charging = true, foreground = true)
        assertEquals(ErrorCode.BUDGET_SPENT, client.flush().stopped)
        world.conditions = Conditions(metered = false, charging = false, foreground = true)
        assertEquals(ErrorCode.BUDGET_SPENT, client.flush().stopped)
        assertEquals(setOf("network", "charging"), client.diagnostics().budget!!.held.keys)
        assertTrue(world.requests.isEmpty())
        world.answer = { null }
        client.eraseMe()
        assertTrue(world.requests.first().url.endsWith("/v1/subject/erase"))
    }

    @Test
    fun `releases wait for a network that costs nothing`() {
        val client = open(BudgetLimits())
        world.conditions = Conditions(metered = true, charging = null, foreground = true)
        val outcome = client.update()
        assertEquals(UpdateOutcome.Result.OFFLINE to ErrorCode.BUDGET_SPENT, outcome.result to outcome.code)
        assertTrue(world.requests.isEmpty())
    }

    @Test
    fun `a release whose files wait is tested on every runtime once they are there`() {
        val table = "gain 0.50".toByteArray()
        val onnx = "gain 0.5".toByteArray()
        fun variant(bytes: ByteArray, format: String, level: Pair<String, Int>) =
            mapOf("sha256" to Signing.digest(bytes), "bytes" to bytes.size, "format" to format, level)
        val requires = mapOf("sdk" to "0.1.0", "schema" to mapOf("motion" to 1), "runtime" to listOf("onnx", "table"), "opset" to 18, "levels" to mapOf("table" to 1))
        val variants = listOf(variant(onnx, "onnx", "opset" to 18), variant(table, "table", "version" to 1))
        val release = Signing.release(1, changes = mapOf("variants" to variants, "requires" to requires))
        val offer = console(SmallRelease(release.envelope, release.artifacts + (Signing.digest(table) to table)))
        world.answer = { request ->
            if (request.url.endsWith(Signing.digest(onnx))) world.conditions = Conditions(metered = true, charging = null, foreground = true)
            offer(request)
        }
        val portable = object : ModelRuntime by GainRuntime {
            override val name = "table"
            override val tier = ModelRuntime.Tier.PORTABLE
            override val level = 1
        }
        val client = world.open(budget = BudgetLimits(), runtimes = listOf(GainRuntime, portable))
        val held = client.update()
        assertEquals(Triple(UpdateOutcome.Result.OFFLINE, 0L, ErrorCode.BUDGET_SPENT), held.run { Triple(result, version, code) })
        world.answer = offer
        world.conditions = null
        assertEquals(UpdateOutcome.Result.ACTIVATED, client.update().result)
        val tested = client.diagnostics().releases.getValue("activity").times.keys
        val names = listOf(onnx, table).map { Signing.digest(it).take(8) }
        assertEquals(setOf("1/cpu/onnx/1.2.3/${names[0]}", "1/portable/table/1.2.3/${names[1]}"), tested)
    }

    /** Takes consent back while the budget is written down for the first time. */
    private fun withdrawWhileSaving(client: TidelineClient) {
        world.storage.fails = { call, name ->
            if (call == "write" && name == "budget.json") {
                world.storage.fails = { _, _ -> false }
                client.setConsent(emptyList())
            }
            false
        }
    }

    @Test
    fun `what is withdrawn while the budget is written down is not sent`() {
        val client = open(BudgetLimits())
        client.tap("CANARY")
        withdrawWhileSaving(client)
        assertEquals(null, client.flush().stopped)
        assertTrue(world.requests.isEmpty())
        assertEquals(0, client.diagnostics().events.pending)
        assertEquals(0L, client.diagnostics().budget!!.spent["uploadBytes"])
    }

    @Test
    fun `a window does not leave the phone when consent is taken back meanwhile`() {
        val client = world.open(budget = BudgetLimits(), cloud = true).also { it.setConsent(SmallApp.consent + "cloud") }
        withdrawWhileSaving(client)
        val answer = client.predict(FloatArray(24), "s", 0)
        assertEquals("device:NOT_FOUND,cloud:CONSENT_MISSING,last:NOT_FOUND", answer.reason)
        assertTrue(world.requests.isEmpty())
    }
}
