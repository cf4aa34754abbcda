package dev.tideline.queue

/**
 * Time that a queue has lived, by the device's clock as far as it can be believed. A clock that jumps must not make
 * everything old at once: what passes between two looks counts for a day at most, and a step back for nothing.
 *
 * @property lived milliseconds
 * @property seen what the clock showed at the last look, milliseconds since 1970
 */
internal class QueueAge(val lived: Long, val seen: Long) {
    /** The age at a moment of the device's clock. */
    fun at(now: Long): QueueAge = QueueAge(lived + (now - seen).coerceIn(0, MOST), now)

    private companion object {
        const val MOST = 86_400_000L
    }
}
