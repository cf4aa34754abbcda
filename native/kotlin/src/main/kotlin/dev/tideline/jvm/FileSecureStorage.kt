package dev.tideline.jvm

import dev.tideline.SecureStorage
import java.io.Closeable
import java.io.File
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions

/**
 * [SecureStorage] in a folder that only this user may read. On Android take a folder under `noBackupFilesDir`, which
 * neither backups nor device transfers carry; where values must withstand a rooted phone, write an adapter of the
 * Android keystore instead.
 */
public class FileSecureStorage(folder: File) : SecureStorage, Closeable {
    private val files = FileStorage(folder)

    init {
        if (File.separatorChar == '/') {
            Files.setPosixFilePermissions(folder.toPath(), PosixFilePermissions.fromString("rwx------"))
        }
    }

    override fun read(name: String): ByteArray? = files.read(name)

    override fun write(name: String, bytes: ByteArray): Unit = files.write(name, bytes)

    override fun remove(name: String): Unit = files.remove(name)

    /** Lets others open the folder. */
    override fun close(): Unit = files.close()
}
