package dev.tideline.subject

import dev.tideline.ErrorCode
import dev.tideline.NetworkRequest
import dev.tideline.NetworkResponse
import dev.tideline.Ports
import dev.tideline.authorisation
import dev.tideline.fault
import dev.tideline.hex
import dev.tideline.json.JsonObject
import dev.tideline.json.jsonBytes
import dev.tideline.json.jsonText
import java.io.IOException

/** Bytes of an answer: a receipt takes a few kB. */
private const val ANSWER_BYTES = 1 shl 20

/** The server's side of a person's rights; whoever shows the install's secret is the person. */
internal class SubjectEndpoint(
    private val ports: Ports,
    private val console: String,
    private val writeKey: String,
    private val timeoutMs: Int,
    private val exportBytes: Int,
) {
    private fun send(method: String, path: String, secret: ByteArray?, body: ByteArray?, maxBytes: Int): NetworkResponse {
        val url = "$console/v1/subject/$path"
        val headers = HashMap<String, String>()
        headers["authorization"] = authorisation(writeKey)
        if (body != null) headers["content-type"] = "application/json"
        if (secret != null) headers["x-tideline-secret"] = hex(secret)
        val response = try {
            ports.network.request(NetworkRequest(method, url, headers, body, timeoutMs, maxBytes))
        } catch (cause: IOException) {
            throw fault(ErrorCode.UNAVAILABLE, "subject", url, received = cause.toString(), cause = cause)
        }
        val code = when (response.status) {
            200, 202 -> return response
            401 -> ErrorCode.UNAUTHORISED
            403 -> ErrorCode.FORBIDDEN
            400, 422 -> ErrorCode.ARGUMENT_INVALID
            404, 410 -> ErrorCode.NOT_FOUND
            429 -> ErrorCode.OVERLOADED
            else -> ErrorCode.UNAVAILABLE
        }
        throw fault(code, "subject", url, "200 or 202", response.status.toString())
    }

    private fun read(response: NetworkResponse): SubjectRequest {
        val answer = JsonObject.parse(response.body, "subject", ErrorCode.UNAVAILABLE)
        val state = answer.text("state")
        val known = SubjectRequest.State.values().find { it.name.lowercase() == state }
            ?: throw fault(ErrorCode.UNAVAILABLE, "subject", "state", "a known state", state)
        return SubjectRequest(answer.text("request"), known, answer.members["receipt"]?.let { jsonText(it) })
    }

    /** Asks for an export or an erasure. */
    fun ask(kind: String, install: String, secret: ByteArray): SubjectRequest {
        val body = jsonBytes(mapOf("format" to 1, "install" to install, "secret" to hex(secret)))
        return read(send("POST", kind, null, body, ANSWER_BYTES))
    }

    /** How far a request is. */
    fun state(id: String, secret: ByteArray): SubjectRequest =
        read(send("GET", "requests/${checked(id)}", secret, null, ANSWER_BYTES))

    /** What an export found: lines of JSON. */
    fun export(id: String, secret: ByteArray): ByteArray =
        send("GET", "requests/${checked(id)}/export", secret, null, exportBytes).body

    private fun checked(id: String): String =
        if (ID.matches(id)) id else throw fault(ErrorCode.ARGUMENT_INVALID, "subject", "request", "the id of a request", id)

    private companion object {
        val ID = Regex("[A-Za-z0-9_.-]{1,128}")
    }
}
