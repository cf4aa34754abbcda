package dev.tideline

/**
 * What became of a call of `flush`.
 *
 * @property acknowledged events that the server took over during the call
 * @property pending events that still wait
 * @property stopped why it ended before all was sent; null when nothing waits
 */
public class FlushOutcome(
    public val acknowledged: Int,
    public val pending: Int,
    public val stopped: ErrorCode?,
)
