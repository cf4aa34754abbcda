package dev.tideline.table

/** Fills the constants into a memory: blocks of float32, or of int8 with scales, one behind the other. */
internal fun readConstants(file: TableFile, memory: FloatArray) {
    var at = file.constantsAt
    var filled = 0L
    fun take(words: Long): Int {
        require(words <= file.wordsAt - at) { "a block of constants beyond its section" }
        val from = at
        at += words.toInt()
        return from
    }
    for (block in 0 until file.blocks) {
        val head = take(2)
        val form = file.unsigned(head)
        val count = file.unsigned(head + 1)
        require(form <= 1) { "constants of form $form" }
        require(count in 1..(file.constants - filled)) { "a block of $count constants" }
        if (form == 0L) {
            val from = take(count)
            for (index in 0 until count.toInt()) {
                memory[(filled + index).toInt()] = Float.fromBits(file.word(from + index))
            }
        } else {
            val shape = take(2)
            val run = file.unsigned(shape)
            val scales = file.unsigned(shape + 1)
            require(run in 1..TableLimit.LENGTH && scales in 1..TableLimit.LENGTH) { "$scales scales for runs of $run" }
            val scaleAt = take(scales)
            val words = (count + 3) / 4
            val from = take(words)
            file.requirePadding(from, count, words)
            for (index in 0 until count.toInt()) {
                val scale = Float.fromBits(file.word(scaleAt + (index / run % scales).toInt()))
                memory[(filled + index).toInt()] = (file.byte(from, index) * scale.toDouble()).toFloat()
            }
        }
        filled += count
    }
    require(filled == file.constants && at == file.wordsAt) { "constants that do not fill their section" }
}
