package dev.tideline.table

import dev.tideline.table.op.readArgmax
import dev.tideline.table.op.readBinary
import dev.tideline.table.op.readConv
import dev.tideline.table.op.readGather
import dev.tideline.table.op.readMatmul
import dev.tideline.table.op.readMove
import dev.tideline.table.op.readPool
import dev.tideline.table.op.readReduce
import dev.tideline.table.op.readSoftmax
import dev.tideline.table.op.readSpectrum
import dev.tideline.table.op.readTrees
import dev.tideline.table.op.readUnary

/** An instruction that was checked and cannot fail. */
internal fun interface Instruction {
    fun run(memory: FloatArray)
}

/** Every operator: its code, how many argument words it has, and its reader. */
internal enum class Operator(val code: Int, val words: Int, val read: (Arguments) -> Instruction) {
    UNARY(1, 6, ::readUnary),
    BINARY(2, 16, ::readBinary),
    MOVE(3, 14, ::readMove),
    GATHER(4, 7, ::readGather),
    MATMUL(5, 19, ::readMatmul),
    REDUCE(6, 6, ::readReduce),
    SOFTMAX(7, 6, ::readSoftmax),
    ARGMAX(8, 6, ::readArgmax),
    CONV(9, 22, ::readConv),
    POOL(10, 18, ::readPool),
    TREES(11, 12, ::readTrees),
    SPECTRUM(12, 8, ::readSpectrum),
    ;

    internal companion object {
        private val BY_CODE = values().associateBy { it.code }

        /** The instructions of a table. */
        fun readProgram(file: TableFile, scope: Arguments.Scope): List<Instruction> {
            var at = file.programAt
            val program = ArrayList<Instruction>(file.instructions)
            repeat(file.instructions) {
                require(at < file.textAt) { "a program that ends too early" }
                val word = file.word(at)
                val operator = BY_CODE[word and 0xffff] ?: throw malformed("operator ${word and 0xffff}")
                require(word ushr 16 == operator.words) { "$operator with ${word ushr 16} words" }
                require(operator.words < file.textAt - at) { "a program that ends too early" }
                program.add(operator.read(Arguments(file, at + 1, operator.words, scope)))
                at += 1 + operator.words
            }
            require(at == file.textAt) { "more program than instructions" }
            return program
        }
    }
}
