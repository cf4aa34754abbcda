package dev.tideline.table.op

import dev.tideline.table.Arguments
import dev.tideline.table.Instruction
import dev.tideline.table.Span
import dev.tideline.table.product
import dev.tideline.table.require

/** Bits of a node's second word below the one that says where missing values go. */
private const val MASK = 0x7fffffff

/** A sum of decision trees. */
internal fun readTrees(arguments: Arguments): Instruction {
    val features = arguments.length()
    val source = arguments.unsigned()
    val targets = arguments.length()
    val target = arguments.unsigned()
    val trees = arguments.length()
    val roots = arguments.unsigned()
    val nodes = arguments.length()
    val first = arguments.unsigned()
    val bits = arguments.unsigned()
    val hasRows = arguments.kind(2) == 1
    val rows = arguments.unsigned()
    val weights = arguments.unsigned()
    require(bits in 1..24) { "$bits bits of a node" }
    arguments.work(nodes + targets)
    arguments.space(4 * nodes)
    val operand = arguments.reads(Span.dense(source, features))
    val written = Span.dense(target, targets)
    if (hasRows) {
        require(rows >= 1) { "no rows" }
        arguments.writes(written, operand, arguments.reads(Span.dense(weights, product(rows, targets))))
    } else {
        arguments.writes(written, operand)
    }
    val rootsAt = arguments.listAt(roots, trees)
    val firstAt = arguments.listAt(first, 2 * nodes)
    val forest = TreesRun(
        arguments.words, source.toInt(), targets.toInt(), target.toInt(), trees.toInt(), rootsAt, firstAt,
        bits.toInt(), if (hasRows) weights.toInt() else -1,
    )
    val longest = forest.checkNodes(nodes.toInt(), features, if (hasRows) rows else targets)
    for (tree in 0 until trees.toInt()) {
        val root = arguments.words[rootsAt + tree].toLong() and 0xffffffffL
        require(root < nodes) { "root $root of $nodes nodes" }
        arguments.work(longest[root.toInt()] + if (hasRows) targets else 1)
    }
    return forest
}

private class TreesRun(
    private val words: IntArray,
    private val source: Int,
    private val targets: Int,
    private val target: Int,
    private val trees: Int,
    private val roots: Int,
    private val first: Int,
    private val bits: Int,
    private val weights: Int,
) : Instruction {
    private val low = (1 shl bits) - 1

    /** Checks every node; nodes on the longest walk from each. */
    fun checkNodes(nodes: Int, features: Long, ends: Long): IntArray {
        val longest = IntArray(nodes)
        for (node in nodes - 1 downTo 0) {
            val word = words[first + 2 * node + 1]
            val right = word and MASK ushr bits
            if (right == 0) {
                val end = if (weights < 0) (word and low).toLong() else words[first + 2 * node].toLong() and 0xffffffffL
                require(end < ends) { "a leaf for $end of $ends" }
                longest[node] = 1
                continue
            }
            require((word and low) < features) { "feature ${word and low} of $features" }
            require(right < nodes - node && node + 1 < nodes) { "a child behind the last node" }
            longest[node] = 1 + maxOf(longest[node + 1], longest[node + right])
        }
        return longest
    }

    override fun run(memory: FloatArray) {
        memory.fill(0f, target, target + targets)
        for (tree in 0 until trees) {
            val leaf = leafOf(memory, words[roots + tree])
            if (weights < 0) {
                memory[target + (words[leaf + 1] and low)] += Float.fromBits(words[leaf])
            } else {
                val row = weights + words[leaf] * targets
                for (index in 0 until targets) memory[target + index] += memory[row + index]
            }
        }
    }

    /** Position in the words of the leaf that a walk reaches. */
    private fun leafOf(memory: FloatArray, root: Int): Int {
        var at = first + 2 * root
        while (true) {
            val word = words[at + 1]
            val right = word and MASK ushr bits
            if (right == 0) return at
            val x = memory[source + (word and low)]
            at += if (x <= Float.fromBits(words[at]) || (word < 0 && x.isNaN())) 2 else 2 * right
        }
    }
}
