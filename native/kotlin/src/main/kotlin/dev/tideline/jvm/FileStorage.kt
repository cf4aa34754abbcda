package dev.tideline.jvm

import dev.tideline.ErrorCode
import dev.tideline.Storage
import dev.tideline.fault
import java.io.Closeable
import java.io.File
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.channels.OverlappingFileLockException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.StandardOpenOption.APPEND
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE

/**
 * [Storage] in a folder of its own, on the JVM and on Android 8 and later (there: a folder under `filesDir`). Every
 * call that returns was followed by fsync, of the folder too where its entries changed. A lock keeps other processes
 * and clients out until [close].
 *
 * @throws dev.tideline.TidelineException `STORAGE_FAILED` where another client has the folder open
 */
public class FileStorage(folder: File) : Storage, Closeable {
    private val folder = folder.toPath()
    private val lockChannel: FileChannel

    init {
        Files.createDirectories(this.folder)
        lockChannel = FileChannel.open(this.folder.resolve(LOCK), CREATE, WRITE)
        val lock = try {
            lockChannel.tryLock()
        } catch (_: OverlappingFileLockException) {
            null
        }
        if (lock == null) {
            lockChannel.close()
            throw fault(ErrorCode.STORAGE_FAILED, "storage", folder.path, "a folder that no other client has open", "one in use")
        }
        // What an interrupted replacement left behind.
        for (name in names().filter { it.endsWith(TEMPORARY) }) Files.deleteIfExists(this.folder.resolve(name))
    }

    private fun names(): List<String> = folder.toFile().list()?.toList() ?: throw IOException("cannot list $folder")

    private fun pathOf(name: String) =
        if (NAME.matches(name)) folder.resolve(name) else throw IOException("not a name of a file: $name")

    private fun writeAll(channel: FileChannel, bytes: ByteArray) {
        val buffer = ByteBuffer.wrap(bytes)
        while (buffer.hasRemaining()) channel.write(buffer)
        channel.force(true)
    }

    /** Makes changes of the folder's entries durable; Windows has no such call, and journals them itself. */
    private fun syncFolder() {
        if (File.separatorChar == '/') FileChannel.open(folder, READ).use { it.force(true) }
    }

    override fun append(name: String, bytes: ByteArray) {
        val path = pathOf(name)
        val isNew = !Files.exists(path)
        FileChannel.open(path, CREATE, WRITE, APPEND).use { writeAll(it, bytes) }
        if (isNew) syncFolder()
    }

    override fun read(name: String): ByteArray? = try {
        Files.readAllBytes(pathOf(name))
    } catch (_: NoSuchFileException) {
        null
    }

    override fun write(name: String, bytes: ByteArray) {
        val path = pathOf(name)
        val temporary = folder.resolve(name + TEMPORARY)
        FileChannel.open(temporary, CREATE, WRITE, TRUNCATE_EXISTING).use { writeAll(it, bytes) }
        Files.move(temporary, path, ATOMIC_MOVE, REPLACE_EXISTING)
        syncFolder()
    }

    override fun remove(name: String) {
        if (Files.deleteIfExists(pathOf(name))) syncFolder()
    }

    override fun list(prefix: String): List<String> =
        names().filter { it.startsWith(prefix) && it != LOCK && !it.endsWith(TEMPORARY) }.sorted()

    /** Lets others open the folder. */
    override fun close(): Unit = lockChannel.close()

    private companion object {
        /** As [Storage] allows them. */
        val NAME = Regex("[a-z0-9._-]{1,128}")

        const val LOCK = ".lock"

        /** No name ends so: the sign is not allowed in them. */
        const val TEMPORARY = "~"
    }
}
