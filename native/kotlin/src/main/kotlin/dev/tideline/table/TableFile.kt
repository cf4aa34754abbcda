package dev.tideline.table

import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.zip.CRC32

/** The words of a table's file, and where its sections stand; lengths, checksum and reserved words are checked. */
internal class TableFile(private val bytes: ByteArray) {
    private val view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)

    val memory: Long
    val constants: Long
    val blocks: Long
    val instructions: Int
    val outputs: Int
    val labels: Int
    val textBytes: Int

    /** First word of each section, and behind the last one. */
    val endsAt: Int = HEADER
    val constantsAt: Int
    val wordsAt: Int
    val programAt: Int
    val textAt: Int

    init {
        require(bytes.size >= HEADER * 4 && bytes.size <= TableLimit.BYTES && bytes.size % 4 == 0) { "${bytes.size} bytes" }
        require(word(0) == MAGIC) { "other bytes" }
        require(word(1) == 1) { "version ${unsigned(1)}" }
        require(unsigned(2) == bytes.size.toLong()) { "${bytes.size} bytes instead of ${unsigned(2)}" }
        val crc = CRC32().apply { update(bytes, CHECKED_FROM, bytes.size - CHECKED_FROM) }.value
        require(unsigned(3) == crc) { "a wrong checksum" }
        memory = unsigned(4)
        constants = unsigned(5)
        blocks = unsigned(6)
        require(memory in 1..TableLimit.LENGTH) { "a memory of $memory" }
        require(constants <= memory && blocks <= constants) { "$constants constants in $blocks blocks" }
        require(unsigned(9) <= TableLimit.INSTRUCTIONS) { "${unsigned(9)} instructions" }
        require(unsigned(11) in 1..TableLimit.OUTPUTS) { "${unsigned(11)} outputs" }
        require(unsigned(12) <= TableLimit.LABELS) { "${unsigned(12)} labels" }
        require(unsigned(13) <= TableLimit.TEXT) { "${unsigned(13)} bytes of text" }
        require(word(14) == 0 && word(15) == 0) { "reserved words that are not 0" }
        val sizes = longArrayOf(8 * (1 + unsigned(11)), unsigned(7), unsigned(8), unsigned(10), (unsigned(13) + 3) / 4)
        require(HEADER + sizes.sum() == bytes.size / 4L) { "sections that do not fill the file" }
        instructions = word(9)
        outputs = word(11)
        labels = word(12)
        textBytes = word(13)
        constantsAt = endsAt + sizes[0].toInt()
        wordsAt = constantsAt + sizes[1].toInt()
        programAt = wordsAt + sizes[2].toInt()
        textAt = programAt + sizes[3].toInt()
    }

    /** A word of the file. */
    fun word(index: Int): Int = view.getInt(index * 4)

    /** A word as an unsigned number. */
    fun unsigned(index: Int): Long = word(index).toLong() and 0xffffffffL

    /** A byte of the file, counted from a word on. */
    fun byte(from: Int, index: Int): Byte = bytes[from * 4 + index]

    /** Index lists and trees. */
    fun words(): IntArray = IntArray(programAt - wordsAt) { word(wordsAt + it) }

    /** Checks that the bytes between a section's content and its last whole word are 0. */
    fun requirePadding(from: Int, content: Long, words: Long) {
        for (index in content until words * 4) require(byte(from, index.toInt()) == 0.toByte()) { "padding that is not 0" }
    }

    /** The bytes of the text section without its padding. */
    fun text(): ByteArray {
        requirePadding(textAt, textBytes.toLong(), (textBytes + 3L) / 4)
        return bytes.copyOfRange(textAt * 4, textAt * 4 + textBytes)
    }

    private companion object {
        /** Words of the header. */
        const val HEADER = 16

        /** "TLM1". */
        const val MAGIC = 0x314d4c54

        /** Where the bytes begin that the checksum covers. */
        const val CHECKED_FROM = 16
    }
}
