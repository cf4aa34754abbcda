package dev.tideline.jvm

import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions

class FileStorageTest {
    @TempDir
    lateinit var folder: File
    private val storage by lazy { FileStorage(folder) }

    @AfterEach
    fun close() = storage.close()

    @Test
    fun `files are appended, replaced, listed and removed`() {
        assertNull(storage.read("a"))
        storage.append("a", byteArrayOf(1))
        storage.append("a", byteArrayOf(2, 3))
        assertArrayEquals(byteArrayOf(1, 2, 3), storage.read("a"))
        storage.write("a", byteArrayOf(9))
        storage.append("a", ByteArray(0))
        assertArrayEquals(byteArrayOf(9), storage.read("a"))
        for (name in listOf("b-2", "b-10", "c", "b-1")) storage.write(name, ByteArray(0))
        assertEquals(listOf("b-1", "b-10", "b-2"), storage.list("b-"))
        assertEquals(listOf("a", "b-1", "b-10", "b-2", "c"), storage.list(""))
        repeat(2) { storage.remove("a") }
        assertNull(storage.read("a"))
        val large = ByteArray(3_000_000) { it.toByte() }
        storage.write("large", large)
        assertArrayEquals(large, storage.read("large"))
        assertArrayEquals(ByteArray(5), storage.apply { write("x".repeat(128), ByteArray(5)) }.read("x".repeat(128)))
    }

    @Test
    fun `names that lead elsewhere are refused`() {
        for (name in listOf("", "../a", "a/b", "A", "a~", "x".repeat(129), "a\u0000")) {
            assertThrows(IOException::class.java, { storage.write(name, ByteArray(1)) }, name)
        }
    }

    @Test
    fun `what an interrupted replacement left behind is neither read nor kept`() {
        storage.write("a", byteArrayOf(1))
        File(folder, "a~").writeBytes(byteArrayOf(2))
        assertEquals(listOf("a"), storage.list(""))
        storage.close()
        FileStorage(folder).use { assertArrayEquals(byteArrayOf(1), it.read("a")) }
        assertEquals(setOf(".lock", "a"), folder.list()!!.toSet())
    }

    @Test
    fun `a folder has one owner`() {
        storage.write("a", byteArrayOf(1))
        val error = assertThrows(TidelineException::class.java) { FileStorage(folder) }
        assertEquals(ErrorCode.STORAGE_FAILED, error.code)
        storage.close()
        FileStorage(folder).close()
    }

    @Test
    fun `secrets are for this user alone`() {
        val secrets = File(folder, "secrets")
        FileSecureStorage(secrets).use { it.write("a", byteArrayOf(1)) }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets.toPath())))
    }

    @Test
    fun `ports keep this device's mark`() {
        fun instance() = JvmPorts.open(File(folder, "s"), File(folder, "k")).use { it.ports.instance }
        assertEquals(instance(), instance())
        assertThrows(TidelineException::class.java) {
            JvmPorts.open(File(folder, "s"), File(folder, "k")).use { JvmPorts.open(File(folder, "t"), File(folder, "k")) }
        }
        JvmPorts.open(File(folder, "t"), File(folder, "k")).close()
    }
}
