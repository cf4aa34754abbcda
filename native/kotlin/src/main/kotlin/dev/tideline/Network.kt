package dev.tideline

import java.io.IOException

/** HTTP. */
public fun interface Network {
    /**
     * Sends a request and reads the answer, whatever its status.
     *
     * @throws IOException when there is no connection, no answer in time, or too long an answer
     */
    @Throws(IOException::class)
    public fun request(request: NetworkRequest): NetworkResponse
}

/**
 * A request of [Network].
 *
 * @property timeoutMs milliseconds after which the adapter gives up
 * @property maxBytes the adapter stops reading and fails once the answer's body is longer than this
 * @property isWanted asked right before the request goes out by whatever waited meanwhile: where it gives false (consent
 * was withdrawn), nothing is sent and the call fails
 */
public class NetworkRequest @JvmOverloads constructor(
    public val method: String,
    public val url: String,
    public val headers: Map<String, String>,
    public val body: ByteArray?,
    public val timeoutMs: Int,
    public val maxBytes: Int,
    public val isWanted: () -> Boolean = { true },
)

/**
 * An answer.
 *
 * @property headers by lower-case name
 */
public class NetworkResponse(
    public val status: Int,
    public val headers: Map<String, String>,
    public val body: ByteArray,
)
