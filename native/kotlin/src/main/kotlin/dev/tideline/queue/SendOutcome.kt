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

    /** The phone's own budget has no room for it now. */
    class Held(val error: TidelineException) : SendOutcome

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
    event.remove(JournalRecord.RECORDED)
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
 * @param region whose server alone may store it; null: any
 */
internal fun makeBatch(load: Load, sentAt: Long, region: String?): ByteArray {
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
    // Of a source of before the proof is not known.
    if (load.proof != null) header["proof"] = load.proof
    if (region != null) header["region"] = region
    header["sent_at"] = sentAt
    header["events"] = events
    return encodeBatch(jsonBytes(header), load.records.map { it.attachment })
}

/** Where batches go, and what they say beside their events. */
internal class BatchTarget(val collect: String, val writeKey: String, val region: String?, val optOut: Boolean)

/** Sends a load as one batch: `POST {collect}/v1/batch`, gzip. Never throws for the network or the server. */
internal fun sendLoad(load: Load, ports: Ports, to: BatchTarget, timeoutMs: Int): SendOutcome {
    val url = "${to.collect}/v1/batch"
    fun failed(code: ErrorCode, received: String, cause: Throwable? = null) =
        fault(code, "upload", url, "200", received, cause = cause)
    val headers = linkedMapOf(
        "authorization" to authorisation(to.writeKey),
        "content-type" to BATCH_TYPE,
        "content-encoding" to "gzip",
    )
    // The server holds it against what a batch says, too.
    if (to.optOut) headers["sec-gpc"] = "1"
    val body = ports.gzip.compress(makeBatch(load, ports.clock.now(), to.region))
    if (!load.isCurrent()) return SendOutcome.Withdrawn
    val response = try {
        ports.network.request(NetworkRequest("POST", url, headers, body, timeoutMs, ANSWER_BYTES, load.isCurrent))
    } catch (cause: IOException) {
        return SendOutcome.Retry(failed(ErrorCode.UNAVAILABLE, cause.toString(), cause), null)
    } catch (refusal: TidelineException) {
        return when (refusal.code) {
            ErrorCode.BATCH_TOO_LARGE -> SendOutcome.TooLarge(refusal)
            ErrorCode.CONSENT_MISSING -> SendOutcome.Withdrawn
            else -> SendOutcome.Held(refusal)
        }
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
        421 -> SendOutcome.Stop(failed(ErrorCode.RESIDENCY_MISMATCH, status))
        429 -> SendOutcome.Retry(failed(ErrorCode.OVERLOADED, status), retryAfter(response))
        408, 425, in 500..599 -> SendOutcome.Retry(failed(ErrorCode.UNAVAILABLE, status), retryAfter(response))
        else -> SendOutcome.Stop(failed(ErrorCode.NOT_FOUND, status))
    }
}
