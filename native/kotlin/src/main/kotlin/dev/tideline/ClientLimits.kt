package dev.tideline

/**
 * Bounds and paces of a client.
 *
 * @property batchEvents events of a batch
 * @property batchBytes journal bytes of a batch, before gzip; also the largest event that `track` takes. 512 KiB hold
 * 3.5 minutes of six channels at 50 Hz and go through a slow uplink (100 kB/s) within half the request's time
 * @property segmentBytes bytes of a journal file before the next one is begun
 * @property pendingBytes bytes that may wait; the oldest events are dropped beyond it
 * @property pendingAgeMs age beyond which waiting events are dropped, milliseconds of the device's clock
 * @property backoffMs first pause after a failed request; each further one is twice as long
 * @property maxBackoffMs longest pause of the client's own choice
 * @property attempts failed attempts in a row after which `flush` gives up for now
 * @property timeoutMs milliseconds for a request
 * @property artifactBytes largest artifact that is ever fetched
 * @property exportBytes largest export that is ever fetched
 * @property lastAnswerMs age up to which the last answer of a session stands in where nothing else answers
 */
public class ClientLimits(
    public val batchEvents: Int = 500,
    public val batchBytes: Int = 512 * 1024,
    public val segmentBytes: Int = 256 * 1024,
    public val pendingBytes: Long = 32L * 1024 * 1024,
    public val pendingAgeMs: Long = 30L * 86_400_000,
    public val backoffMs: Long = 500,
    public val maxBackoffMs: Long = 60_000,
    public val attempts: Int = 5,
    public val timeoutMs: Int = 15_000,
    public val artifactBytes: Int = 64 * 1024 * 1024,
    public val exportBytes: Int = 64 * 1024 * 1024,
    public val lastAnswerMs: Long = 10_000,
)
