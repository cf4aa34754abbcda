package dev.tideline.release

import dev.tideline.ErrorCode
import dev.tideline.Ports
import dev.tideline.TidelineException
import dev.tideline.fault
import dev.tideline.fetchBytes
import dev.tideline.hex

/** The files of one model's releases, on storage and at the console. */
internal class Artifacts(
    private val ports: Ports,
    owner: String,
    private val console: String,
    private val timeoutMs: Int,
    private val artifactBytes: Int,
    private val bundled: List<(String) -> ByteArray?>,
) {
    private val prefix = "artifact-$owner-"

    private fun isGenuine(bytes: ByteArray, wanted: ArtifactReference): Boolean =
        bytes.size.toLong() == wanted.bytes && hex(ports.digest.sha256(bytes)) == wanted.sha256

    /** An artifact from storage or the app's package, its digest checked; null where it is missing or damaged. */
    fun stored(wanted: ArtifactReference): ByteArray? {
        ports.storage.read(prefix + wanted.sha256)?.takeIf { isGenuine(it, wanted) }?.let { return it }
        return bundled.firstNotNullOfOrNull { from -> from(wanted.sha256)?.takeIf { isGenuine(it, wanted) } }
    }

    /**
     * An artifact of a verified manifest, from storage or from `GET {console}/v1/artifacts/<sha256>`; kept in
     * storage. Never reads more than the manifest states.
     *
     * @throws dev.tideline.TidelineException `ARTIFACT_CORRUPT` and what the fetch throws
     */
    fun fetch(wanted: ArtifactReference): ByteArray {
        if (wanted.bytes !in 0..artifactBytes) throw corrupt(wanted, "at most $artifactBytes bytes", "${wanted.bytes}")
        stored(wanted)?.let { return it }
        val bytes = try {
            ports.fetchBytes("$console/v1/artifacts/${wanted.sha256}", timeoutMs, wanted.bytes.toInt())
        } catch (error: TidelineException) {
            if (error.code != ErrorCode.NOT_FOUND) throw error
            // A file that the manifest names and that is nowhere is not waited for.
            throw corrupt(wanted, "a file", "404")
        }
        if (!isGenuine(bytes, wanted)) throw corrupt(wanted, "the bytes that the manifest names", "other bytes")
        ports.storage.write(prefix + wanted.sha256, bytes)
        return bytes
    }

    /** Removes every stored artifact of the model but some. */
    fun removeOthers(keep: List<ArtifactReference>) {
        val names = keep.map { prefix + it.sha256 }
        for (name in ports.storage.list(prefix)) {
            // 64 digits and nothing between: a model whose name goes on where this one's ends is another.
            if (name !in names && name.length == prefix.length + 64) ports.storage.remove(name)
        }
    }

    private fun corrupt(wanted: ArtifactReference, expected: String, received: String) =
        fault(ErrorCode.ARTIFACT_CORRUPT, "update", wanted.sha256, expected, received)
}
