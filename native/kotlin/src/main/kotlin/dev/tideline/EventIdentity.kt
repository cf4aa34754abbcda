package dev.tideline

/** Identity of a recorded event: sequence numbers count within an install's epoch. */
public data class EventIdentity(public val install: String, public val epoch: Long, public val seq: Long)
