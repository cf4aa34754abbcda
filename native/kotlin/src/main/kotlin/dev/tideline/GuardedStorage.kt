package dev.tideline

/** The same storage, whose every failure is a `STORAGE_FAILED` that names the file. */
internal class GuardedStorage(private val storage: Storage) : Storage {
    override fun append(name: String, bytes: ByteArray) = guard(name) { storage.append(name, bytes) }

    override fun read(name: String): ByteArray? = guard(name) { storage.read(name) }

    override fun write(name: String, bytes: ByteArray) = guard(name) { storage.write(name, bytes) }

    override fun remove(name: String) = guard(name) { storage.remove(name) }

    override fun list(prefix: String): List<String> = guard(prefix) { storage.list(prefix) }
}

/** The same secure storage, guarded likewise. */
internal class GuardedSecure(private val secure: SecureStorage) : SecureStorage {
    override fun read(name: String): ByteArray? = guard(name) { secure.read(name) }

    override fun write(name: String, bytes: ByteArray) = guard(name) { secure.write(name, bytes) }

    override fun remove(name: String) = guard(name) { secure.remove(name) }
}

private inline fun <T> guard(name: String, work: () -> T): T = try {
    work()
} catch (known: TidelineException) {
    throw known
} catch (cause: Exception) {
    throw fault(ErrorCode.STORAGE_FAILED, "storage", name, received = cause.toString(), cause = cause)
}
