package dev.tideline.queue

/** Who numbered an event: sequence numbers count within an install's epoch. */
internal data class Source(val install: String, val epoch: Long) {
    /** Key of the source in the queue's state. */
    val key: String get() = "$install.$epoch"
}

/** A file of the journal: records of one source, in order. */
internal class Segment(val name: String, val source: Source, var bytes: Int)
