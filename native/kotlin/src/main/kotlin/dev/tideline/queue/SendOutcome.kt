package dev.tideline.queue

import dev.tideline.ErrorCode
import dev.tideline.NetworkRequest
import dev.tideline.NetworkResponse
import dev.tideline.Ports
import dev.tideline.SDK_VERSION
import dev.tideline.TidelineException
import dev.tideline.authorisation
import dev.tideline.fault
import dev.tideline.json.jsonBytes
import dev.tideline.wire.Acknowledgement
import dev.tideline.wire.BATCH_TYPE
import dev.tideline.wire.encodeBatch
import dev.tideline.wire.isFrame
import java.io.IOException

/** What a server said to a batch. */
internal sealed interface SendOutcome {
    class Accepted(val answer: Acknowledgement) : SendOutcome

    /** Fewer events may fit. */
    class TooLarge(val error: TidelineException) : SendOutcome

    /** Something in it can never be accepted. */
    class Refused(val error: TidelineException) : SendOutcome

    /** No batch will be accepted: wrong key or address. */
    class Stop(val error: TidelineException) : SendOutcome

    /** It was not sent, because consent was withdrawn meanwhile. */
    object Withdrawn : SendOutcome

    /** Later it may work. */
    class Retry(val error: TidelineException, val afterMs: Long?) : SendOutcome
}

/** Bytes that an acknowledgement may have: 500 events with a quarantine entry each stay below 100 kB. */
private const val ANSWER_BYTES = 1 shl 20

/** The event of a record, its frames pointing into an attachment in which the record's own starts at `base`. */
private fun wireEvent(record: JournalRecord, base: Int): Map<String, Any?> {
    val event = LinkedHashMap(record.header)
    event.remove("purpose")
    event.remove(JournalRecord.FIELD_PURPOSES)
    event["properties"] = (record.header["properties"] as Map<*, *>).mapValues { (_, value) ->
        if (!isFrame(value)) value
        else (value as Map<*, *>) + ("offset" to ((value["offset"] as Number).toInt() + base))
    }
    return event
}

/**
 * Bytes of the batch that carries a load.
 *
 * @param sentAt milliseconds of the device's clock
 * @param proof hash of the install's secret; null where the load is of another install than today's
 */
internal fun makeBatch(load: Load, sentAt: Long, proof: String?): ByteArray {
    var base = 0
    val events = load.records.map { record ->
        wireEvent(record, base).also { base += record.attachment.size }
    }
    val header = linkedMapOf<String, Any?>(
        "format" to 1,
        "sdk" to SDK_VERSION,
        "install" to load.source.install,
        "epoch" to load.source.epoch,
    )
    if (proof != null) header["proof"] = proof
    header["sent_at"] = sentAt
    header["events"] = events
    return encodeBatch(jsonBytes(header), load.records.map { it.attachment })
}

/** Sends a load as one batch: `POST {collect}/v1/batch`, gzip. Never throws for the network or the server. */
internal fun sendLoad(load: Load, proof: String?, ports: Ports, collect: String, key: String, timeoutMs: Int): SendOutcome {
    val url = "$collect/v1/batch"
    fun failed(code: ErrorCode, received: String, cause: Throwable? = null) =
        fault(code, "upload", url, "200", received, cause = cause)
    val headers = mapOf(
        "authorization" to authorisation(key),
        "content-type" to BATCH_TYPE,
        "content-encoding" to "gzip",
    )
    val body = ports.gzip.compress(makeBatch(load, ports.clock.now(), proof))
    if (!load.isCurrent()) return SendOutcome.Withdrawn
    val response = try {
        ports.network.request(NetworkRequest("POST", url, headers, body, timeoutMs, ANSWER_BYTES))
    } catch (cause: IOException) {
        return SendOutcome.Retry(failed(ErrorCode.UNAVAILABLE, cause.toString(), cause), null)
    }
    return judge(response, ::failed)
}

private fun judge(response: NetworkResponse, failed: (ErrorCode, String) -> TidelineException): SendOutcome {
    val status = response.status.toString()
    return when (response.status) {
        in 200..299 -> Acknowledgement.read(response.body)?.takeIf { response.status == 200 }?.let { SendOutcome.Accepted(it) }
            ?: SendOutcome.Retry(failed(ErrorCode.UNAVAILABLE, "an answer that is no acknowledgement"), null)
        413 -> SendOutcome.TooLarge(failed(ErrorCode.BATCH_TOO_LARGE, status))
        400, 422 -> SendOutcome.Refused(failed(ErrorCode.BATCH_MALFORMED, status))
        401 -> SendOutcome.Stop(failed(ErrorCode.UNAUTHORISED, status))
        403 -> SendOutcome.Stop(failed(ErrorCode.FORBIDDEN, status))
        429 -> SendOutcome.Retry(failed(ErrorCode.OVERLOADED, status), retryAfter(response))
        408, 425, in 500..599 -> SendOutcome.Retry(failed(ErrorCode.UNAVAILABLE, status), retryAfter(response))
        else -> SendOutcome.Stop(failed(ErrorCode.NOT_FOUND, status))
    }
}
