package dev.tideline.capture

import dev.tideline.ErrorCode
import dev.tideline.Prediction
import dev.tideline.TidelineClient
import dev.tideline.definition.ModelDefinition
import dev.tideline.fault
import dev.tideline.wire.Frame

/**
 * A running capture of one session: cuts a stream of sensor samples into recorded frames and into windows for the
 * model. Made by [TidelineClient.capture]; one call at a time.
 *
 * @property encoding how recorded frames travel
 */
public class Capture internal constructor(
    private val client: TidelineClient,
    private val model: ModelDefinition,
    private val session: String,
    private val startTime: Long,
    firstSample: Long,
    private val frameSamples: Int,
    private val predict: Boolean,
    private val encoding: Frame.Encoding,
) {
    private val window = model.window
    private val width = window.input.size
    private val framer = Framer(window)
    private val frame = FloatArray(frameSamples * width)

    /** Index in the session of the next sample, and how many samples of the frame are filled. */
    private var next = firstSample
    private var filled = 0

    private fun timeAfter(sample: Long): Long = Math.round(startTime + sample * 1000 / window.rate)

    /** Records what the frame holds. */
    private fun recordFrame() {
        if (filled == 0) return
        val samples = Frame(frame.copyOf(filled * width), width, encoding)
        val properties = mapOf(window.session to session, window.start to next - filled, window.field to samples)
        filled = 0
        client.track(window.event, properties, timeAfter(next))
    }

    /**
     * Takes the next samples, interleaved `[samples, input channels]`. Full frames are durable and windows answered
     * when it returns; event times are those of a frame's or window's last sample.
     */
    public fun push(values: FloatArray): List<CapturedPrediction> {
        val windows = framer.push(next, values)
        var from = 0
        while (from < values.size) {
            val count = minOf(frameSamples - filled, (values.size - from) / width)
            values.copyInto(frame, filled * width, from, from + count * width)
            filled += count
            next += count
            from += count * width
            if (filled == frameSamples) recordFrame()
        }
        if (!predict) return emptyList()
        return windows.map { cut ->
            val time = timeAfter(cut.start + window.size)
            CapturedPrediction(client.predict(cut.values, session, cut.start, time, model.name), cut.start, time)
        }
    }

    /** Passes over samples that the sensor did not give. */
    public fun skip(samples: Long) {
        if (samples < 0) throw fault(ErrorCode.ARGUMENT_INVALID, "capture", "samples", "at least 0", samples.toString())
        recordFrame()
        next += samples
    }

    /** Records the last, shorter frame. */
    public fun finish(): Unit = recordFrame()
}

/**
 * A prediction with the window that it is of.
 *
 * @property start first sample of the window in its session
 * @property time event time: that of the window's last sample
 */
public class CapturedPrediction(public val prediction: Prediction, public val start: Long, public val time: Long)
