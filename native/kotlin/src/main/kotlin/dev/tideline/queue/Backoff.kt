package dev.tideline.queue

import dev.tideline.ClientLimits
import dev.tideline.NetworkResponse
import dev.tideline.Random
import java.text.ParseException
import java.text.SimpleDateFormat
import java.util.Locale
import java.util.TimeZone

/** Longest pause that a server may ask for, milliseconds: an hour. */
private const val LONGEST_REQUESTED = 3_600_000L

/** Pause that a `Retry-After` asks for (RFC 9110, section 10.2.3), in milliseconds, or null. */
internal fun retryAfter(response: NetworkResponse): Long? {
    val text = response.headers["retry-after"]?.trim() ?: return null
    val ms = if (text.isNotEmpty() && text.all { it in '0'..'9' }) {
        (text.toLongOrNull() ?: LONGEST_REQUESTED).coerceAtMost(LONGEST_REQUESTED) * 1000
    } else {
        // A date is held against the server's own clock, since the device's may be wrong.
        (httpDate(text) ?: return null) - (httpDate(response.headers["date"].orEmpty()) ?: return null)
    }
    return ms.coerceIn(0, LONGEST_REQUESTED)
}

private fun httpDate(text: String): Long? = try {
    val format = SimpleDateFormat("EEE, dd MMM yyyy HH:mm:ss zzz", Locale.US)
    format.timeZone = TimeZone.getTimeZone("GMT")
    format.parse(text)?.time
} catch (_: ParseException) {
    null
}

/** Pause after the `failures`-th failure in a row: doubled each time, bounded, and between half and all of that. */
internal fun backoff(failures: Int, limits: ClientLimits, random: Random): Long {
    var bound = limits.backoffMs.toDouble()
    repeat(failures - 1) { bound = minOf(bound * 2, limits.maxBackoffMs.toDouble()) }
    bound = minOf(bound, limits.maxBackoffMs.toDouble())
    return Math.round(bound * (0.5 + (random.bytes(1)[0].toInt() and 255) / 510.0))
}
