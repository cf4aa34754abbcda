package dev.tideline

import dev.tideline.definition.ModelDefinition
import dev.tideline.json.JsonObject
import dev.tideline.json.jsonBytes
import java.io.IOException

/** Bytes of an answer: a number takes at most 25. */
private const val ANSWER_BYTES = 1 shl 18

/** What the endpoint said; the release is `none` where it does not say. */
internal class EndpointAnswer(val probabilities: FloatArray, val release: String)

/** The server's prediction endpoint, which speaks the JSON of the Open Inference Protocol, version 2. */
internal class Endpoint(
    private val ports: Ports,
    private val console: String,
    private val writeKey: String,
    private val timeoutMs: Int,
) {
    /**
     * Asks for a window's probabilities: `POST {console}/v2/models/<name>/infer`.
     *
     * @param isWanted asked again right before anything is sent
     * @throws TidelineException `UNAVAILABLE`, and `CONSENT_MISSING` and `BUDGET_SPENT` of the budget
     */
    fun ask(window: FloatArray, model: ModelDefinition, isWanted: () -> Boolean): EndpointAnswer {
        val url = "$console/v2/models/${model.name}/infer"
        fun unavailable(received: String, cause: Throwable? = null) =
            fault(ErrorCode.UNAVAILABLE, "endpoint", url, received = received, cause = cause)
        if (window.any { it.isNaN() || it.isInfinite() }) throw unavailable("a window that JSON cannot carry")
        val shape = listOf(1, model.window.size, model.window.channels.size)
        val input = mapOf("name" to "window", "shape" to shape, "datatype" to "FP32", "data" to window)
        val headers = mapOf("authorization" to authorisation(writeKey), "content-type" to "application/json")
        val body = jsonBytes(mapOf("inputs" to listOf(input)))
        val response = try {
            ports.network.request(NetworkRequest("POST", url, headers, body, timeoutMs, ANSWER_BYTES, isWanted))
        } catch (cause: IOException) {
            throw unavailable(cause.toString(), cause)
        }
        if (response.status != 200) throw unavailable(response.status.toString())
        val answer = JsonObject.parse(response.body, "endpoint", ErrorCode.UNAVAILABLE)
        val data = answer.children("outputs").find { it.members["name"] == "probabilities" }?.numbers("data").orEmpty()
        val probabilities = FloatArray(data.size) { data[it].toFloat() }
        if (data.size != model.labels.size || probabilities.any { it.isNaN() || it.isInfinite() }) {
            throw unavailable("an answer without ${model.labels.size} probabilities")
        }
        val release = answer.members["model_version"] as? String ?: "none"
        return EndpointAnswer(probabilities, if (release.length <= MOST_RELEASE) release else "none")
    }

    private companion object {
        /** Characters that the prediction event allows. */
        const val MOST_RELEASE = 64
    }
}
