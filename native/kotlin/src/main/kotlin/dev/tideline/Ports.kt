package dev.tideline

/**
 * Everything that the core takes from a platform. [dev.tideline.jvm.JvmPorts] has adapters for the JVM, most of which
 * serve on Android too. All calls block, and come from the thread that called the client.
 *
 * @property instance names this installation of the app on this very device, and is kept outside of what backups and
 * clones carry (best: made once and kept in [secure]). Storage that another instance wrote is taken for a copy.
 * @property runtimes what runs models, in order of preference; the built-in table interpreter comes last by default
 * @property conditions how network, charging and the app stand; null where the platform does not say
 * @property log takes lines for whoever watches: no content of events, no ids of people
 * @property crashPoint for tests: called at each named point of [CrashPoint]; may throw or end the process
 */
public class Ports(
    public val storage: Storage,
    public val network: Network,
    public val clock: Clock,
    public val random: Random,
    public val digest: Digest,
    public val verify: Verify,
    public val gzip: Gzip,
    public val secure: SecureStorage,
    public val instance: String,
    public val runtimes: List<ModelRuntime> = listOf(TableRuntime),
    public val log: ((LogEntry) -> Unit)? = null,
    public val crashPoint: ((CrashPoint) -> Unit)? = null,
    public val conditions: (() -> Conditions)? = null,
)

/**
 * Files of the app's own, by flat name (`[a-z0-9._-]`, at most 128 characters). A call that returns means that the
 * bytes survive the loss of power; a failure is any exception.
 */
public interface Storage {
    /** Appends to a file, which it creates where there is none. May tear when interrupted. */
    public fun append(name: String, bytes: ByteArray)

    /** The whole file, or null where there is none. */
    public fun read(name: String): ByteArray?

    /** Replaces a file: after an interruption either the old or the new bytes are there, whole. */
    public fun write(name: String, bytes: ByteArray)

    /** Removes a file; a file that is not there is no error. */
    public fun remove(name: String)

    /** Names that start with [prefix], sorted. */
    public fun list(prefix: String): List<String>
}

/** Small secrets of this very device, outside what backups and clones carry; names as in [Storage]. */
public interface SecureStorage {
    /** The value, or null where there is none. */
    public fun read(name: String): ByteArray?

    /** Sets a value; durable when it returns. */
    public fun write(name: String, bytes: ByteArray)

    /** Removes a value; one that is not there is no error. */
    public fun remove(name: String)
}

/** Time. */
public interface Clock {
    /** The device's wall clock, which may be wrong: milliseconds since 1970. */
    public fun now(): Long

    /** Nanoseconds from any origin, never going back; for latencies. */
    public fun nanos(): Long

    /** Waits; returns early, with the thread's interrupt flag set, where the thread is interrupted. */
    public fun pause(ms: Long)
}

/** Unpredictable bytes. */
public fun interface Random {
    /** That many bytes. */
    public fun bytes(length: Int): ByteArray
}

/** SHA-256. */
public fun interface Digest {
    /** The 32 bytes of the digest. */
    public fun sha256(bytes: ByteArray): ByteArray
}

/** Ed25519 (RFC 8032). */
public fun interface Verify {
    /** Whether a 64-byte signature is one of a message by a 32-byte public key; false for keys of other lengths. */
    public fun ed25519(publicKey: ByteArray, message: ByteArray, signature: ByteArray): Boolean
}

/** Compression (RFC 1952). */
public fun interface Gzip {
    /** The bytes, compressed. */
    public fun compress(bytes: ByteArray): ByteArray
}

/**
 * A line of the log.
 *
 * @property part where it happened: `upload`, `update`, `journal`, `predict`, `subject`
 * @property code of the error, where there is one
 */
public class LogEntry(
    public val level: Level,
    public val part: String,
    public val code: ErrorCode?,
    public val message: String,
) {
    /** How much a line matters. */
    public enum class Level {
        /** For whoever looks for a fault. */
        DEBUG,

        /** Something failed and is tried again or done without. */
        WARNING,

        /** Something failed for good. */
        ERROR,
    }
}
