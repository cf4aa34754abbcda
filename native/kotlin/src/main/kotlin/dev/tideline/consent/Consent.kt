package dev.tideline.consent

import dev.tideline.CrashPoint
import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.Restriction
import dev.tideline.definition.AppDefinition
import dev.tideline.fault
import dev.tideline.queue.Queue
import dev.tideline.readState
import dev.tideline.writeState

private const val FILE = "consent.json"

/** What the person consented to; nothing before they were asked. Finishes a withdrawal that was interrupted. */
internal class Consent(
    private val ports: Ports,
    private val app: AppDefinition,
    private val restrict: Restriction,
    private val queue: Queue,
) {
    /** Purposes that count, sorted. */
    @Volatile
    var granted: List<String> =
        (ports.storage.readState(FILE)?.get("purposes") as? List<*>).orEmpty().filterIsInstance<String>().filter(::allows)
        private set

    init {
        queue.purge(granted)
    }

    private fun allows(purpose: String): Boolean =
        (!restrict.optOut || purpose in app.essential) && !(restrict.minor && app.models.any { it.purpose == purpose })

    /** Replaces the granted purposes and removes waiting events and fields of the others. */
    fun set(purposes: Collection<String>) {
        val unknown = purposes.find { it !in app.purposes }
        if (unknown != null) {
            val known = app.purposes.keys.joinToString()
            throw fault(ErrorCode.ARGUMENT_INVALID, "setConsent", "purposes", "some of $known", unknown)
        }
        val next = purposes.toSortedSet().toList()
        ports.storage.writeState(FILE, mapOf("format" to 1, "purposes" to next))
        granted = next.filter(::allows)
        ports.crashPoint?.invoke(CrashPoint.PURGE_BEFORE)
        queue.purge(granted)
    }
}
