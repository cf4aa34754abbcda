package dev.tideline.table

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

/**
 * A model of the compact table format (`TLM1`): small nets, trees and preprocessing in one program over float32
 * numbers, for one row. Everything is checked when it is loaded; a run cannot fail. Runs come one after the other.
 *
 * @property format version of the format
 * @property input the tensor that a run takes
 * @property outputs the tensors that it gives; the first is the model's answer
 * @property labels names of the classes, in the order of the first output's last axis; may be none
 */
public class TableModel private constructor(
    public val format: Int,
    public val input: Tensor,
    public val outputs: List<Tensor>,
    public val labels: List<String>,
    private val program: List<Instruction>,
    private val memory: FloatArray,
) {
    /**
     * A tensor of one row, row-major.
     *
     * @property size how many numbers it has
     */
    public class Tensor internal constructor(
        public val name: String,
        public val dims: List<Int>,
        internal val position: Int,
        public val size: Int,
    )

    /**
     * The model's answer for an input of [Tensor.size] numbers: the output of that index.
     *
     * @throws IllegalArgumentException for an input of another size, and where there is no such output
     */
    @Synchronized
    public fun run(input: FloatArray, output: Int = 0): FloatArray {
        require(input.size == this.input.size) { "expected ${this.input.size} numbers, received ${input.size}" }
        val wanted = requireNotNull(outputs.getOrNull(output)) { "expected an output below ${outputs.size}, received $output" }
        input.copyInto(memory, this.input.position)
        for (instruction in program) instruction.run(memory)
        return memory.copyOfRange(wanted.position, wanted.position + wanted.size)
    }

    /** Loads models. */
    public companion object {
        /**
         * The model of a table's bytes.
         *
         * @throws dev.tideline.TidelineException `MODEL_MALFORMED` for bytes that break any rule of the format
         * @sample dev.tideline.samples.runTable
         */
        @JvmStatic
        public fun load(bytes: ByteArray): TableModel {
            val file = TableFile(bytes)
            val names = readText(file)
            val ends = (0..file.outputs).map { readEnd(file, it, names[it]) }
            require(ends[0].position >= file.constants) { "an input over the constants" }
            val scope = Arguments.Scope(file.memory, file.constants, file.words())
            val program = Operator.readProgram(file, scope)
            val memory = FloatArray(file.memory.toInt())
            readConstants(file, memory)
            return TableModel(1, ends[0], ends.drop(1), names.subList(1 + file.outputs, names.size), program, memory)
        }

        /** Words of an end. */
        private const val END = 8

        private fun readEnd(file: TableFile, index: Int, name: String): Tensor {
            val at = file.endsAt + index * END
            val position = file.unsigned(at)
            val rank = file.unsigned(at + 1)
            require(rank <= TableLimit.RANK) { "rank $rank" }
            val dims = LongArray(TableLimit.RANK) { file.unsigned(at + 2 + it) }
            for ((axis, length) in dims.withIndex()) {
                require(length in 1..TableLimit.LENGTH && (axis < rank || length == 1L)) { "length $length on axis $axis" }
            }
            val size = product(*dims)
            require(position + size <= file.memory) { "a tensor at $position of memory ${file.memory}" }
            return Tensor(name, dims.take(rank.toInt()).map { it.toInt() }, position.toInt(), size.toInt())
        }

        private fun readText(file: TableFile): List<String> {
            val wanted = 1 + file.outputs + file.labels
            val bytes = file.text()
            // Counted before anything is made of them: a million zero bytes would become as many strings.
            val zeros = bytes.count { it == 0.toByte() }
            require(zeros == wanted && bytes.last() == 0.toByte()) { "$zeros texts instead of $wanted" }
            val decoder = Charsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
            val text = try {
                decoder.decode(ByteBuffer.wrap(bytes)).toString()
            } catch (_: CharacterCodingException) {
                throw malformed("text that is no UTF-8")
            }
            val names = ArrayList<String>(wanted)
            var from = 0
            repeat(wanted) {
                // Each is followed by a zero byte.
                val end = text.indexOf('\u0000', from)
                names.add(text.substring(from, end))
                from = end + 1
            }
            return names
        }
    }
}
