package dev.tideline

import java.util.concurrent.atomic.AtomicReference

/** The app's id of the person, and another by which the app knew the same person until now; one event tells it. */
internal class Person(user: String?) {
    /** What one event says of the person. */
    class Told(val user: String?, val previous: String?)

    private val now = AtomicReference(Told(user, null))

    fun set(user: String?, previous: String?): Unit = now.set(Told(user, if (user == null) null else previous))

    /** Runs `record` with what the event is to say; the earlier id is told again where nothing was recorded. */
    inline fun <T> tell(record: (Told) -> T?): T? {
        val told = now.get()
        // Where another thread was first, its event tells it.
        val rest = Told(told.user, null)
        if (told.previous == null || !now.compareAndSet(told, rest)) return record(Told(told.user, null))
        var recorded: T? = null
        try {
            recorded = record(told)
            return recorded
        } finally {
            if (recorded == null) now.compareAndSet(rest, told)
        }
    }
}
