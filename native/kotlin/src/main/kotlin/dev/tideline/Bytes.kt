package dev.tideline

import java.util.Base64

private const val HEX = "0123456789abcdef"

/** Lower-case hexadecimal of bytes. */
internal fun hex(bytes: ByteArray): String = buildString(bytes.size * 2) {
    for (byte in bytes) {
        append(HEX[byte.toInt() shr 4 and 15])
        append(HEX[byte.toInt() and 15])
    }
}

/** Base64 with padding (RFC 4648, section 4). */
internal fun base64(bytes: ByteArray): String = Base64.getEncoder().encodeToString(bytes)

/** Bytes of base64 text, padding required; null where the text is nothing of the kind. */
internal fun fromBase64(text: String): ByteArray? = try {
    if (text.length % 4 == 0) Base64.getDecoder().decode(text) else null
} catch (_: IllegalArgumentException) {
    null
}
