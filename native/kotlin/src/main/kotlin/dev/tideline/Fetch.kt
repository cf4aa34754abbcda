package dev.tideline

import dev.tideline.json.JsonReader
import dev.tideline.json.JsonSyntaxException
import java.io.IOException

/**
 * Body of a GET that was answered with 200.
 *
 * @throws TidelineException `UNAVAILABLE`, `NOT_FOUND`, and `ARTIFACT_CORRUPT` for too much
 */
internal fun Ports.fetchBytes(url: String, timeoutMs: Int, maxBytes: Int, headers: Map<String, String> = emptyMap()): ByteArray {
    val response = try {
        network.request(NetworkRequest("GET", url, headers, null, timeoutMs, maxBytes))
    } catch (cause: IOException) {
        throw fault(ErrorCode.UNAVAILABLE, "update", url, received = cause.toString(), cause = cause)
    }
    if (response.status == 404) throw fault(ErrorCode.NOT_FOUND, "update", url)
    if (response.status != 200) {
        throw fault(ErrorCode.UNAVAILABLE, "update", url, "200", response.status.toString())
    }
    if (response.body.size > maxBytes) {
        throw fault(ErrorCode.ARTIFACT_CORRUPT, "update", url, "at most $maxBytes bytes", "${response.body.size}")
    }
    return response.body
}

/** JSON of a GET. Throws what [fetchBytes] throws, and `RELEASE_MALFORMED` where it is no JSON. */
internal fun Ports.fetchJson(url: String, timeoutMs: Int, maxBytes: Int): Any? = try {
    JsonReader.read(fetchBytes(url, timeoutMs, maxBytes))
} catch (cause: JsonSyntaxException) {
    throw fault(ErrorCode.RELEASE_MALFORMED, "update", url, "JSON", "other content", cause = cause)
}
