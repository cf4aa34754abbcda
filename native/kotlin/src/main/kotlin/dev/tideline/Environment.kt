package dev.tideline

/** Whether keys that were made for development are trusted. */
public enum class Environment {
    /** They are. */
    DEVELOPMENT,

    /** They are refused. */
    PRODUCTION,
}
