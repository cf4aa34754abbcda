package dev.tideline

/**
 * Every failure that this library reports: a sentence and a stable code.
 *
 * @property code what went wrong, for programs; the same table as on the server and in the other clients
 */
public class TidelineException(
    public val code: ErrorCode,
    message: String,
    cause: Throwable? = null,
) : RuntimeException("$message [$code]", cause)

/** Makes the sentence of an error: who complains, about which field, what was expected and what came. */
internal fun fault(
    code: ErrorCode,
    who: String,
    field: String? = null,
    expected: String? = null,
    received: String? = null,
    remedy: String? = null,
    cause: Throwable? = null,
): TidelineException {
    val subject = if (field == null) who else "$who, $field"
    val clauses = listOfNotNull(expected?.let { "expected $it" }, received?.let { "received $it" })
    val fact = if (clauses.isEmpty()) subject else "$subject: ${clauses.joinToString()}"
    return TidelineException(code, if (remedy == null) fact else "$fact. $remedy", cause)
}
