package dev.tideline.subject

import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.Tally
import dev.tideline.TidelineException
import dev.tideline.readState
import dev.tideline.writeState

private const val FILE = "subject.json"

/**
 * Erasures that the server does not know of yet. The installs stand in a file, their secrets in the secure storage.
 *
 * @property isWiping whether this device's own files must still be wiped
 */
internal class Erasures(private val ports: Ports, private val endpoint: SubjectEndpoint, private val tally: Tally) {
    private val stored = ports.storage.readState(FILE)
    private var installs: List<String> = (stored?.get("installs") as? List<*>)?.filterIsInstance<String>() ?: emptyList()

    @get:Synchronized
    var isWiping: Boolean = stored?.get("wiping") == true
        private set

    private fun save(next: List<String>, wiping: Boolean) {
        ports.storage.writeState(FILE, mapOf("format" to 1, "installs" to next, "wiping" to wiping))
        installs = next
        isWiping = wiping
    }

    /** Remembers, before anything is wiped, that an install must be erased. */
    @Synchronized
    fun begin(install: String, secret: ByteArray) {
        ports.secure.write(nameOf(install), secret)
        save(installs.filter { it != install } + install, wiping = true)
    }

    /** Notes that this device is wiped. */
    @Synchronized
    fun wiped() {
        if (isWiping) save(installs, wiping = false)
    }

    /** Tells the server what it does not know yet; the newest request, or null where none was told or nobody answers. */
    @Synchronized
    fun send(): SubjectRequest? {
        var newest: SubjectRequest? = null
        for (install in installs) {
            val secret = ports.secure.read(nameOf(install))
            try {
                if (secret != null) newest = endpoint.ask("erase", install, secret)
            } catch (error: TidelineException) {
                tally.report("subject", error)
                // An install that the server has never heard of has nothing to erase.
                if (error.code != ErrorCode.NOT_FOUND) return newest
            }
            save(installs - install, isWiping)
            ports.secure.remove(nameOf(install))
        }
        return newest
    }

    private fun nameOf(install: String) = "erase-$install"
}
