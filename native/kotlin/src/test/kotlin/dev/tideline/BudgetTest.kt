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
        assertEquals(ErrorCode.BUDGET_SPENT, client.update().code)
        assertTrue(world.requests.isEmpty())
    }
}
