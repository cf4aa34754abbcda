package dev.tideline

/** A storage over files that outlive it, as after a restart; may be told to fail or to tear. */
class MemoryStorage(val files: MutableMap<String, ByteArray> = HashMap()) : Storage {
    /** Throws in place of the calls for which it gives true. */
    var fails: (call: String, name: String) -> Boolean = { _, _ -> false }

    /** Bytes of the next append that get through before it fails. */
    var tearAfter: Int? = null

    private fun begin(call: String, name: String) {
        if (fails(call, name)) throw IllegalStateException("$call of $name failed")
    }

    override fun append(name: String, bytes: ByteArray) {
        begin("append", name)
        val torn = tearAfter
        files[name] = (files[name] ?: ByteArray(0)) + bytes.copyOf(torn ?: bytes.size)
        tearAfter = null
        check(torn == null) { "torn" }
    }

    override fun read(name: String): ByteArray? = begin("read", name).let { files[name]?.copyOf() }

    override fun write(name: String, bytes: ByteArray) = begin("write", name).let { files[name] = bytes.copyOf() }

    override fun remove(name: String) = begin("remove", name).let { files.remove(name); Unit }

    override fun list(prefix: String): List<String> = files.keys.filter { it.startsWith(prefix) }.sorted()
}

/** A secure storage over values that outlive it. */
class MemorySecure(val values: MutableMap<String, ByteArray> = HashMap()) : SecureStorage {
    override fun read(name: String): ByteArray? = values[name]?.copyOf()

    override fun write(name: String, bytes: ByteArray) {
        values[name] = bytes.copyOf()
    }

    override fun remove(name: String) {
        values.remove(name)
    }
}
