package dev.tideline.table

import dev.tideline.ErrorCode
import dev.tideline.TidelineException
import dev.tideline.fault

/** Bounds of a table, from the format's own description (`docs/format/model-table.md`). */
internal object TableLimit {
    /** Largest length, stride and position. */
    const val LENGTH: Long = 1L shl 24

    /** Bytes of a file. */
    const val BYTES: Int = 1 shl 26

    /** Work of one run. */
    const val WORK: Long = 1L shl 28

    /** Numbers that a loaded table may hold. */
    const val SPACE: Long = 1L shl 24

    const val INSTRUCTIONS: Long = 16_384
    const val OUTPUTS: Long = 16
    const val LABELS: Long = 65_536

    /** Bytes of all names and labels. */
    const val TEXT: Long = 1L shl 20
    const val RANK: Int = 6
}

/** The refusal of a table. */
internal fun malformed(received: String): TidelineException =
    fault(ErrorCode.MODEL_MALFORMED, "model table", expected = "a table of version 1 (TLM1)", received = received)

/** Refuses the table where a rule does not hold. */
internal inline fun require(holds: Boolean, received: () -> String) {
    if (!holds) throw malformed(received())
}

/** The product of sizes, refused as soon as it is beyond what one run may cost. */
internal fun product(vararg sizes: Long): Long {
    var product = 1L
    for (size in sizes) {
        product *= size
        require(product <= TableLimit.WORK) { "a size of more than ${TableLimit.WORK}" }
    }
    return product
}
