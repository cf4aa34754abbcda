package dev.tideline.queue

import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.TidelineException
import dev.tideline.hex
import dev.tideline.json.JsonObject
import dev.tideline.readState
import dev.tideline.writeState

/** An install with the secret that proves that it is this phone's. */
internal class Owner(val install: String, val secret: ByteArray)

/**
 * Who this phone is to the server.
 *
 * @property starts how often this identity was opened: makes prediction ids of different starts differ
 * @property secret 32 bytes that never leave the secure storage, except to export or erase
 * @property proof lower-case hexadecimal SHA-256 of the secret; batches carry it
 */
internal class Identity(val source: Source, val starts: Long, val secret: ByteArray, val proof: String) {
    val owner: Owner get() = Owner(source.install, secret)

    /**
     * What opening an identity depends on.
     *
     * @property damaged sequence numbers may have been lost
     * @property fresh the person may have no lasting id: every start is a new install
     * @property waits whether events of an install wait on this phone
     */
    class Conditions(val damaged: Boolean, val fresh: Boolean, val waits: (String) -> Boolean)

    internal companion object {
        /** Name of the identity's file, and of the value in the secure storage that belongs to it. */
        const val FILE: String = "identity.json"
        private const val SECRET = "install-secret"

        private const val INSTALL_BYTES = 16

        /** Of 1,000 clones of one phone two meet once in two million times (birthday bound over 2^40 steps). */
        private const val STEP_BYTES = 5
        private const val SECRET_BYTES = 32

        /** 2^53 - 1: epochs beyond it are numbers that readers of JSON disagree about. */
        private const val SAFE = 9_007_199_254_740_991L

        /** The install of the identity's file, or null. */
        fun installOf(ports: Ports): String? = ports.storage.readState(FILE)?.get("install") as? String

        private fun nameOf(install: String) = "$SECRET-$install"

        private class Stored(val source: Source, val starts: Long, val instance: String)

        /**
         * Opens the identity: an install is one secret. Without a file, at every start of a person who may have no
         * lasting id, and where the file's secret is gone or is another's (a backup restored elsewhere, a clone), there
         * is a new install. Where the secret came along with a file that another instance wrote, or where sequence
         * numbers may have been lost, the install goes on in a new epoch, in which numbers start anew; the step to it
         * is random, so that two clones do not meet.
         */
        fun open(ports: Ports, at: Conditions): Identity {
            val old = ports.storage.readState(FILE)?.let { read(JsonObject(it, FILE, ErrorCode.STORAGE_FAILED)) }
            val known = old?.let { secretOf(SECRET, it.source.install, ports) }
            val source = if (known == null || at.fresh) null else next(old, at.damaged, ports)
            val identity = if (old == null || known == null || source == null) {
                // Kept beside the new one while events of the old install wait, so that an erasure reaches them too.
                if (old != null && known != null && at.waits(old.source.install)) {
                    write(nameOf(old.source.install), old.source.install, known, ports)
                }
                val secret = ports.random.bytes(SECRET_BYTES)
                val fresh = Source(hex(ports.random.bytes(INSTALL_BYTES)), 1)
                write(SECRET, fresh.install, secret, ports)
                Identity(fresh, 1, secret, hex(ports.digest.sha256(secret)))
            } else {
                Identity(source, old.starts + 1, known, hex(ports.digest.sha256(known)))
            }
            val file = mapOf(
                "format" to 1,
                "install" to identity.source.install,
                "epoch" to identity.source.epoch,
                "starts" to identity.starts,
                "instance" to ports.instance,
            )
            ports.storage.writeState(FILE, file)
            return identity
        }

        /** The same source, or one of a new epoch; null where there is none left. */
        private fun next(old: Stored, damaged: Boolean, ports: Ports): Source? {
            if (!damaged && old.instance == ports.instance) return old.source
            val step = ports.random.bytes(STEP_BYTES).fold(0L) { sum, byte -> sum * 256 + (byte.toInt() and 255) }
            val epoch = old.source.epoch + 1 + step
            return if (epoch > SAFE) null else old.source.copy(epoch = epoch)
        }

        /** An earlier install of this phone whose secret is still here, or null. */
        fun earlier(install: String, ports: Ports): Owner? =
            secretOf(nameOf(install), install, ports)?.let { Owner(install, it) }

        /** Forgets the secret of an earlier install. */
        fun forget(install: String, ports: Ports): Unit = ports.secure.remove(nameOf(install))

        /** The install's id stands before the secret: a secure storage may outlive an app that is removed. */
        private fun secretOf(name: String, install: String, ports: Ports): ByteArray? {
            val owner = install.toByteArray(Charsets.US_ASCII)
            val kept = ports.secure.read(name) ?: return null
            val isOwn = kept.size == owner.size + SECRET_BYTES && kept.copyOf(owner.size).contentEquals(owner)
            return if (isOwn) kept.copyOfRange(owner.size, kept.size) else null
        }

        private fun write(name: String, install: String, secret: ByteArray, ports: Ports) =
            ports.secure.write(name, install.toByteArray(Charsets.US_ASCII) + secret)

        private fun read(file: JsonObject): Stored? = try {
            Stored(Source(file.text("install"), file.whole("epoch")), file.whole("starts"), file.text("instance"))
        } catch (_: TidelineException) {
            null
        }
    }
}
