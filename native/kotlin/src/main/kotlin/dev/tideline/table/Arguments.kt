package dev.tideline.table

/**
 * The argument words of one instruction, read in order and held against the table that they belong to.
 *
 * @property words index lists and trees
 */
internal class Arguments(
    private val file: TableFile,
    private val from: Int,
    private val count: Int,
    private val scope: Scope,
) {
    private var at = 0

    val words: IntArray get() = scope.words

    /** What all instructions of a table share; sums up what a run costs and needs. */
    class Scope(val memory: Long, val constants: Long, val words: IntArray) {
        private var work = 0L
        private var space = memory

        fun addWork(more: Long) {
            work += more
            require(work <= TableLimit.WORK) { "more work than ${TableLimit.WORK} for a run" }
        }

        fun addSpace(more: Long) {
            space += more
            require(space <= TableLimit.SPACE) { "more space than ${TableLimit.SPACE}" }
        }
    }

    private fun next(): Int {
        check(at < count)
        return file.word(from + at++)
    }

    /** An unsigned number. */
    fun unsigned(): Long = next().toLong() and 0xffffffffL

    /** A number from 1 to 2^24. */
    fun length(): Long = unsigned().also { require(it in 1..TableLimit.LENGTH) { "length $it" } }

    /** Several lengths. */
    fun lengths(count: Int): LongArray = LongArray(count) { length() }

    /** A number from 0 to 2^24 - 1. */
    fun padding(): Long = unsigned().also { require(it < TableLimit.LENGTH) { "padding $it" } }

    /** A signed stride of at most 2^24. */
    fun stride(): Long = next().toLong().also {
        require(it >= -TableLimit.LENGTH && it <= TableLimit.LENGTH) { "stride $it" }
    }

    /** Several strides. */
    fun strides(count: Int): LongArray = LongArray(count) { stride() }

    fun float(): Float = Float.fromBits(next())

    /** A kind below a bound. */
    fun kind(kinds: Int): Int = unsigned().also { require(it < kinds) { "kind $it" } }.toInt()

    /** An activation with its two parameters. */
    fun activation(): Activation = Activation.of(kind(Activation.KINDS), float(), float())

    /** Checks that an operand lies in memory. */
    fun reads(span: Span): Span = span.also {
        require(it.first >= 0 && it.last < scope.memory) { "an operand at ${it.first} to ${it.last}" }
    }

    /** Checks that a target lies behind the constants and meets none of the operands. */
    fun writes(span: Span, vararg operands: Span) {
        require(span.first >= scope.constants && span.last < scope.memory) { "a target at ${span.first} to ${span.last}" }
        for (operand in operands) require(!span.meets(operand)) { "a target over an operand" }
    }

    /** Checks that a list lies in the words section; its position. */
    fun listAt(position: Long, count: Long): Int {
        require(position + count <= words.size) { "a list at $position of ${words.size} words" }
        return position.toInt()
    }

    fun work(vararg sizes: Long): Unit = scope.addWork(product(*sizes))

    fun space(more: Long): Unit = scope.addSpace(more)

    internal companion object {
        /** The position that stands for "there is none". */
        const val NONE: Long = 0xffffffffL
    }
}
