package dev.tideline.subject

import dev.tideline.ErrorCode
import dev.tideline.NetworkRequest
import dev.tideline.NetworkResponse
import dev.tideline.Ports
import dev.tideline.authorisation
import dev.tideline.fault
import dev.tideline.json.JsonObject
import dev.tideline.json.jsonBytes
import java.io.IOException

/** Bytes of an answer: a receipt takes a few kB. */
private const val ANSWER_BYTES = 1 shl 16

/**
 * A request with the secret, in hexadecimal, that proves whose it is.
 *
 * @property known whether the server took anything of the install, so that it must know it
 */
internal class KeptRequest(val public: SubjectRequest, val secret: String, val known: Boolean)

/** The server's side of a person's rights; whoever shows the install's secret is the person. */
internal class SubjectEndpoint(
    private val ports: Ports,
    private val console: String,
    private val writeKey: String,
    private val timeoutMs: Int,
) {
    private fun urlOf(of: SubjectRequest) = "$console/v1/subject/requests/${of.request}"

    private fun send(method: String, url: String, headers: Map<String, String>, body: ByteArray?, maxBytes: Int): NetworkResponse {
        val response = try {
            ports.network.request(NetworkRequest(method, url, headers, body, timeoutMs, maxBytes))
        } catch (cause: IOException) {
            throw fault(ErrorCode.UNAVAILABLE, "subject", url, received = cause.toString(), cause = cause)
        }
        val code = when (response.status) {
            in 200..299 -> return response
            404 -> ErrorCode.NOT_FOUND
            408, 429, in 500..599 -> ErrorCode.UNAVAILABLE
            else -> ErrorCode.FORBIDDEN
        }
        throw fault(code, "subject", url, "200 or 202", response.status.toString())
    }

    /** What the server says about a request, or of one that it does not know yet: to one. */
    fun consult(of: KeptRequest): JsonObject {
        val request = of.public
        val response = if (request.request == null) {
            val headers = mapOf("authorization" to authorisation(writeKey), "content-type" to "application/json")
            val body = jsonBytes(mapOf("format" to 1, "install" to request.install, "secret" to of.secret))
            send("POST", "$console/v1/subject/${request.kind.name.lowercase()}", headers, body, ANSWER_BYTES)
        } else {
            send("GET", urlOf(request), mapOf("x-tideline-secret" to of.secret), null, ANSWER_BYTES)
        }
        return JsonObject.parse(response.body, "subject", ErrorCode.UNAVAILABLE)
    }

    /** What an export that is done holds. */
    fun download(of: KeptRequest, maxBytes: Int): ByteArray =
        send("GET", "${urlOf(of.public)}/export", mapOf("x-tideline-secret" to of.secret), null, maxBytes).body
}
