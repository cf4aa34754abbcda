package dev.tideline.jvm

import dev.tideline.Clock
import dev.tideline.CrashPoint
import dev.tideline.Digest
import dev.tideline.Gzip
import dev.tideline.LogEntry
import dev.tideline.ModelRuntime
import dev.tideline.Network
import dev.tideline.Ports
import dev.tideline.Random
import dev.tideline.SecureStorage
import dev.tideline.TableRuntime
import dev.tideline.hex
import java.io.ByteArrayOutputStream
import java.io.Closeable
import java.io.File
import java.security.MessageDigest
import java.security.SecureRandom
import java.util.zip.GZIPOutputStream

/** The system's clock. */
public object SystemClock : Clock {
    override fun now(): Long = System.currentTimeMillis()

    override fun nanos(): Long = System.nanoTime()

    override fun pause(ms: Long): Unit = try {
        Thread.sleep(ms)
    } catch (_: InterruptedException) {
        Thread.currentThread().interrupt()
    }
}

/** [Random] of the platform. */
public object SystemRandom : Random {
    private val source = SecureRandom()

    override fun bytes(length: Int): ByteArray = ByteArray(length).also { source.nextBytes(it) }
}

/** [Digest] of the platform. */
public object SystemDigest : Digest {
    override fun sha256(bytes: ByteArray): ByteArray = MessageDigest.getInstance("SHA-256").digest(bytes)
}

/** [Gzip] of the platform. */
public object SystemGzip : Gzip {
    override fun compress(bytes: ByteArray): ByteArray {
        val compressed = ByteArrayOutputStream()
        GZIPOutputStream(compressed).use { it.write(bytes) }
        return compressed.toByteArray()
    }
}

/**
 * Ports of the JVM, which serve on Android too, over two folders. Close it after the client.
 *
 * @property ports what [dev.tideline.TidelineClient] takes
 */
public class JvmPorts private constructor(
    public val ports: Ports,
    private val opened: List<Closeable>,
) : Closeable {
    /** Lets others open the folders. */
    override fun close(): Unit = opened.forEach { it.close() }

    /** Opens ports. */
    public companion object {
        /** Name in the secure storage of the mark that tells a device from its copies. */
        private const val INSTANCE = "instance"

        private const val INSTANCE_BYTES = 16

        /**
         * Opens the two folders and makes this device's mark where there is none.
         *
         * @param folder of the queue, releases and state; backups and clones may carry it
         * @param secureFolder of secrets, where backups and clones do not reach; on Android under `noBackupFilesDir`
         * @throws dev.tideline.TidelineException `STORAGE_FAILED` where another client has a folder open
         */
        @JvmStatic
        @JvmOverloads
        public fun open(
            folder: File,
            secureFolder: File,
            network: Network = HttpNetwork,
            runtimes: List<ModelRuntime> = listOf(TableRuntime),
            log: ((LogEntry) -> Unit)? = null,
            crashPoint: ((CrashPoint) -> Unit)? = null,
        ): JvmPorts {
            val storage = FileStorage(folder)
            val secure = try {
                FileSecureStorage(secureFolder)
            } catch (failure: Exception) {
                storage.close()
                throw failure
            }
            val ports = Ports(
                storage, network, SystemClock, SystemRandom, SystemDigest, SystemVerify, SystemGzip, secure,
                instanceOf(secure), runtimes, log, crashPoint,
            )
            return JvmPorts(ports, listOf(storage, secure))
        }

        private fun instanceOf(secure: SecureStorage): String {
            val kept = secure.read(INSTANCE) ?: SystemRandom.bytes(INSTANCE_BYTES).also { secure.write(INSTANCE, it) }
            return hex(kept)
        }
    }
}
