package dev.tideline.wire

import dev.tideline.ErrorCode
import dev.tideline.fault

/**
 * A run of sensor samples, interleaved by sample: `[samples, channels]`. Values are copied when the event is recorded.
 *
 * @property values the samples that are present
 * @property channels values of a sample
 * @property encoding how they travel
 * @property scale for `INT16`: one factor for each channel, as a sensor's own step; the smallest that fits where null
 * @property rate samples a second, as measured; the server refuses one that differs from the declared by over a tenth
 * @property units of each channel; the server refuses others than the declared ones
 * @property gaps where samples are missing, with [Gap.at] rising
 */
public class Frame(
    public val values: FloatArray,
    public val channels: Int,
    public val encoding: Encoding = Encoding.FLOAT32,
    public val scale: DoubleArray? = null,
    public val rate: Double? = null,
    public val units: List<String>? = null,
    public val gaps: List<Gap> = emptyList(),
) {
    /** How samples are packed. */
    public enum class Encoding(internal val wire: String, internal val bytes: Int) {
        /** Keeps every bit. */
        FLOAT32("float32", 4),

        /** Takes half the bytes and keeps a 65,535th of each channel's range. */
        INT16("int16", 2),
    }

    /** Before present sample [at], [missing] samples are missing. */
    public data class Gap(public val at: Int, public val missing: Int)

    /** Samples that are present. */
    public val samples: Int get() = if (channels > 0) values.size / channels else 0

    init {
        val whole = channels > 0 && values.isNotEmpty() && values.size % channels == 0
        if (!whole) throw invalid("values", "at least one sample of $channels channels", "${values.size} values")
        if (encoding == Encoding.FLOAT32 && scale != null) throw invalid("scale", "none for float32", "one")
        if (scale != null && (scale.size != channels || scale.any { !(it > 0) || it * 32768 > Float.MAX_VALUE })) {
            throw invalid("scale", "$channels factors above 0", scale.joinToString())
        }
        if (rate != null && !(rate > 0 && rate < Double.MAX_VALUE)) throw invalid("rate", "hertz above 0", "$rate")
        if (units != null && units.size != channels) throw invalid("units", "$channels", "${units.size}")
        var last = -1
        var total = 0L
        for (gap in gaps) {
            total += gap.missing
            if (gap.at <= last || gap.at >= samples || gap.missing < 1 || total > Int.MAX_VALUE) {
                throw invalid("gaps", "gaps that rise, before present samples", gap.toString())
            }
            last = gap.at
        }
    }

    private fun invalid(field: String, expected: String, received: String) =
        fault(ErrorCode.FIELD_INVALID, "frame", field, expected, received)
}
