package dev.tideline.queue

import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.TidelineException
import dev.tideline.hex
import dev.tideline.json.JsonObject
import dev.tideline.readState
import dev.tideline.writeState

/**
 * Who this phone is to the server.
 *
 * @property starts how often this identity was opened: makes prediction ids of different starts differ
 * @property secret 32 bytes that never leave the secure storage, except to export or erase
 * @property proof lower-case hexadecimal SHA-256 of the secret; batches carry it
 */
internal class Identity(val source: Source, val starts: Long, val secret: ByteArray, val proof: String) {
    internal companion object {
        /** Name of the identity's file, and of the value in the secure storage that belongs to it. */
        const val FILE: String = "identity.json"
        private const val SECRET = "install-secret"

        private const val INSTALL_BYTES = 16

        /** Of 1,000 clones of one phone two meet once in two million times (birthday bound over 2^40 steps). */
        private const val STEP_BYTES = 5
        private const val SECRET_BYTES = 32

        /** The install of the identity's file, or null. */
        fun installOf(ports: Ports): String? = ports.storage.readState(FILE)?.get("install") as? String

        private class Stored(val source: Source, val starts: Long, val instance: String)

        /**
         * Opens the identity. Without a file, and at every start of a person who may have no lasting id (`fresh`), there
         * is a new install; with a file that another instance wrote (a restored
         * backup, a clone), or where `damaged` says that sequence numbers may have been lost, there is a new epoch, in
         * which numbers start anew. The step to it is random, so that two clones of one phone do not meet. A copy has
         * another secret, since that stays in the secure storage of the phone that made it.
         */
        fun open(ports: Ports, damaged: Boolean, fresh: Boolean): Identity {
            val found = ports.storage.readState(FILE)?.let { read(JsonObject(it, FILE, ErrorCode.STORAGE_FAILED)) }
            val old = if (fresh) null else found
            val source = when {
                old == null -> Source(hex(ports.random.bytes(INSTALL_BYTES)), 1)
                damaged || old.instance != ports.instance -> {
                    val step = ports.random.bytes(STEP_BYTES).fold(0L) { sum, byte -> sum * 256 + (byte.toInt() and 255) }
                    old.source.copy(epoch = old.source.epoch + 1 + step)
                }
                else -> old.source
            }
            val starts = (old?.starts ?: 0) + 1
            val secret = secretOf(source.install, ports)
            val file = mapOf(
                "format" to 1,
                "install" to source.install,
                "epoch" to source.epoch,
                "starts" to starts,
                "instance" to ports.instance,
            )
            ports.storage.writeState(FILE, file)
            return Identity(source, starts, secret, hex(ports.digest.sha256(secret)))
        }

        /** The install's id stands before the secret: a secure storage may outlive an app that is removed. */
        private fun secretOf(install: String, ports: Ports): ByteArray {
            val owner = install.toByteArray(Charsets.US_ASCII)
            val kept = ports.secure.read(SECRET)
            if (kept?.size == owner.size + SECRET_BYTES && kept.copyOf(owner.size).contentEquals(owner)) {
                return kept.copyOfRange(owner.size, kept.size)
            }
            val secret = ports.random.bytes(SECRET_BYTES)
            ports.secure.write(SECRET, owner + secret)
            return secret
        }

        private fun read(file: JsonObject): Stored? = try {
            Stored(Source(file.text("install"), file.whole("epoch")), file.whole("starts"), file.text("instance"))
        } catch (_: TidelineException) {
            null
        }
    }
}
