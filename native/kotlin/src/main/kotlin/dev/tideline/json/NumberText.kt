package dev.tideline.json

import java.math.BigDecimal
import java.math.MathContext
import java.math.RoundingMode
import kotlin.math.abs

/** Below this every whole number is written by its digits alone (2^53). */
private const val SAFE = 9007199254740992.0

/**
 * A finite number as ECMAScript writes it (`Number::toString`): the fewest digits that read back as the same float64.
 *
 * @throws IllegalArgumentException for NaN and infinities
 */
internal fun numberText(value: Double): String {
    require(!value.isNaN() && !value.isInfinite()) { "$value has no JSON" }
    if (abs(value) < SAFE && value == value.toLong().toDouble()) return value.toLong().toString()
    val decimal = shortest(abs(value)).stripTrailingZeros()
    val digits = decimal.unscaledValue().toString()
    val point = digits.length - decimal.scale()
    val sign = if (value < 0) "-" else ""
    return sign + when {
        point in digits.length..21 -> digits + "0".repeat(point - digits.length)
        point in 1..21 -> digits.substring(0, point) + "." + digits.substring(point)
        point in -5..0 -> "0." + "0".repeat(-point) + digits
        else -> {
            val mantissa = if (digits.length == 1) digits else digits[0] + "." + digits.substring(1)
            mantissa + "e" + (if (point > 0) "+" else "-") + abs(point - 1)
        }
    }
}

/** `Double.toString` before Java 19 sometimes gives a digit too many (JDK-4511638). */
private fun shortest(value: Double): BigDecimal {
    val printed = BigDecimal(value.toString())
    val exact = BigDecimal(value)
    // Two decimals of at most 15 digits never share a normal float64: such a one is the shortest already.
    val normal = value >= java.lang.Double.MIN_NORMAL
    if (normal && printed.stripTrailingZeros().precision() <= 15) return printed
    for (precision in (if (normal) 15 else 1)..16) {
        // Beside a power of two the nearest decimal may read back as its neighbour, and the next one not.
        for (mode in listOf(RoundingMode.HALF_EVEN, RoundingMode.CEILING, RoundingMode.FLOOR)) {
            val rounded = exact.round(MathContext(precision, mode))
            if (rounded.toDouble() == value) return rounded
        }
    }
    return exact.round(MathContext(17))
}
