package dev.tideline

/** Version of this library, as batches carry it and releases require it. */
internal const val SDK_VERSION: String = "0.1.0"

/** Value of the `Authorization` header: the write key as user name (RFC 7617). */
internal fun authorisation(writeKey: String): String = "Basic " + base64("$writeKey:".toByteArray(Charsets.UTF_8))
