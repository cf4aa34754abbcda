package dev.tideline

/**
 * What a client may spend in a day of UTC. What does not fit waits; a person's own requests are under no bound.
 *
 * 10 MB up and 20 MB down are 900 MB a month at most; a wake-up of the radio takes about 10 J, so that 48 are 1 % of a
 * battery of 15 Wh.
 *
 * @property uploadBytes bytes of bodies that are sent
 * @property downloadBytes bytes of bodies that are read
 * @property wakeUps times that the radio is woken up while the app is not in front
 * @property events when events may be sent
 * @property models when releases may be fetched
 */
public class BudgetLimits(
    public val uploadBytes: Long = 10_000_000,
    public val downloadBytes: Long = 20_000_000,
    public val wakeUps: Long = 48,
    public val events: NetworkRule = NetworkRule(),
    public val models: NetworkRule = NetworkRule(unmetered = true),
)

/**
 * When something may use the network. Where the platform does not say how things stand ([Ports.conditions]), it may.
 *
 * @property unmetered not over a network that costs by the byte
 * @property charging only while the phone is charging
 */
public class NetworkRule(public val unmetered: Boolean = false, public val charging: Boolean = false)

/**
 * How things stand for the phone now; null where the platform does not know.
 *
 * @property metered whether the network costs by the byte
 * @property foreground whether the app is in front
 */
public class Conditions(public val metered: Boolean?, public val charging: Boolean?, public val foreground: Boolean?)

/**
 * What was spent on a day, and what was held back for want of it.
 *
 * @property day days since 1970, UTC
 * @property spent by `uploadBytes`, `downloadBytes`, `wakeUps`
 * @property held requests that wait for later, by what is spent, or `network`, `charging`
 */
public class BudgetStatus(
    public val day: Long,
    public val spent: Map<String, Long>,
    public val held: Map<String, Long>,
    public val limits: BudgetLimits,
)
